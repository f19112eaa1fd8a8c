"""Which three letters occur beside each other in English words: a word with others is not English, or was read badly.

One bit for each three of "$" (the edge of a word) and a to z, in alphabetical order. The bits of 4,266 are set, which
occur in the words of this documentation and of Python's.
"""

import base64
import zlib

ALPHABET = "$abcdefghijklmnopqrstuvwxyz"
_PACKED = (
    "eNptVg1QVNcVPu/u3fXyo9y3EF07Fu7+RFAZRCSWVGzf4g5CGshKfkxSNIvViB2dwUSniYl4dwHZIE6WpU2IloiWDs5orT+tiXYCC0GrghXTdLSJ"
    "VZKJCQEdaGMUSmB739uHmuodhnmcc8+53znfd88FAIauDlQPbnnz2prRay3nkm+MtH09GF68pPXdjP7sj7YNcPBEdzYb98xs3JA0ljgyeLvmZweT"
    "Nn86hgB52zanvX47/NWJrq3O44l+/1861wVo+aHYR95xUb9DAgAufqblm66tK197/q31UAYknof2FRtyMPDJf30IFDiQl+nZ2vZC8pEdl54+NU2E"
    "PDOzLQHAtzVc+MGWr/rW73yhzm2xyDhU1VD0X8dR94IdfrFJ5OZP1lRAAPu5q8ML8J+WrKkACAs7ASWxxmBFKWIX97NahA0MEVTwXOsMJV7Ewmwf"
    "Oy3Xckjwvv/7LGCgLxY7GwFQ9XNacZz4TVFUhSzBxzceAbfwIGj4+5q6374+SbgOpVXtr3POCIFJEY5vh9ZTaJIByDOOXyTE+6umv/onZ6iMYUnk"
    "AAKg2FTE6uLB96fs8AfyGEXJ5snDF8OPcRadE3FtKWuNBc4wAhYEM8UhP0PPf/GKleeJNtID+TZ7KTPPq0h93jsgigSsgeV3C/jXK8uzaOqF02lJ"
    "43/elLDnYvuikcTammCpywyV7qcFgvZaQLeav9loa/CNrc1+yPkbT8FRg2Riw7sHl3Vt3r3iy9EqQ4jLx/H1cz8qWcMMq3v8IGE1tfnmsMamByqj"
    "mMdYYy4JEr8oScAY2rMPgQalm/g8RopiGMvjL57jVGICnC2aW+piOvdNRVBTgRBYgImWaUzpbT/9sVV0iAQwoxAyWZYAzgFbiNM84vG+rLcNZBwg"
    "GOeuWppuW26QwCxMiisdrEimBOr82dXbRKZIJ0RmcYSKqa+nvz4SrjCFJ716ZbIqSG31VQ9GUFNmI02yggmB3pzWabqbMChSvfXSS+mxZAIqEClP"
    "/+ohJ70zpptrr98uLcxKfs59Oa++s6e/OBp0BWk67H3CvOSPK2ddujq4GGfGfHmsXLh8i76e8l34dt/q1mXAiEXWCuxYhbQinVqgxO6eOJFNXwju"
    "X2bJzCN2phISaewX9AE7QSlRJG1fHkgS6WzfNEcxgVNJVV3kqQlKZCeVRAsxxUZFnK+aieCMMtlAnUJGWCUwPqiCVO6k5lcOl88BpHgC+NGXll+q"
    "Dp8FJniNElcPtt5MRRopMPfzAoOEOWHRie0L5029pEUCZq4fo4UDsUHpMy5uN8YQEOZ8K9bpalyxfFed4wLEQq4jYSj5/Bki6WXCO0PZRgEDU1OR"
    "iWTaYvZKBLu2/3tD4bsalRJW0pQFCMcEoFpSSydaX5ZyWYdd8+0Jyvx7G9cmjZ251Re+8tqG4MOl9X/zCgHc/Ow9QadPbnq8kpjyXAD2IO2nAyc5"
    "fkMtHBF+eOTZ7wqO/RIvsNsrzlDi0YQdskoRNjwht6fSHLdw16IG+YmlFAzbsDX9p91INHeVYqUYsL2jtOEfuRcb1/nGb7z3w6qL3raRFQJk77Ld"
    "T87veLRhV7fL/tQkF4ZD86vfEFFizIErot6E0cvABOtS2UzCt/RNUUi9Q9jtPuio2K8RY4R0G+yVFCCIM+eJpDlHMoW93Z8KOSZP+vyrLShrSqzY"
    "F5k9ffW99vvlQr7/pzZtdCE9QJt3B5HN9yDxQdNrB3+OfI6GXXHOnbH28YFwi73gd0V7fuIH1JvUul8ksMQXnLzs8N1yfHMozc/D4+NzlSI1cs7n"
    "Bz75Z2X7pxvPljVliLq4QfJhVaMpP9DxHC3ezYBmZuQfmb4arneNTXIFXFE2llXvWDw3e5kR8qiNe+e108aUlR5BT8HQNcsFhxMwmQrS4eS47YvC"
    "5ce7FnhkDhkVasJnwaLfNV74QVsceas0JWGS/SMyfH7wscpVUULYWTPP7/3VcJpJwHYBtfrITm93iODoE6Oj86xn1OAD21vWrebIFjQeM/dzIWkX"
    "jhItawc/uIjW7l+7E4YHupSzCLuMEpVO+hjBladWqq4sd7HethebS4Zsb28P/2EF8BArzDAI2/Dbg590u968lfzyPe9X5F3Uv1Bz1t2RwQwHhXgI"
    "iXC6sen4BHvirVSomKZM6bE5tThCMfJinXoEaIJmdo8OSjfNUpDYBhbZxXckxDOcr4+vEk/JxC5ZXGJGTrEAhVwkdCgurHqWlcskglMY0kH04t6h"
    "1osktVE5zbMgRfyHQEwhJ9WL8Egf3tGXyBAZxKQJzQ9ibXwJXNgWiP4wbkK4VD0lStNqZFjkgKxQo4IUF4V49wyBT1LfDCEkhPV3hgmXMQBu8cyJ"
    "hyXXxNRIcfWaiRscvFLNJass6EBC9w1mcbKtw3LvnZh9Z0JGnibVWPa9K8P5/9+UCSr/B/a0GlM="
)
_BITS = zlib.decompress(base64.b64decode(_PACKED))
_PLACES = {letter: place for place, letter in enumerate(ALPHABET)}


def is_word(letters: str) -> bool:
    """Whether some letters in lower case, without accents, may be an English word."""
    places = [0, *(_PLACES.get(letter, -1) for letter in letters), 0]
    if -1 in places:
        return False
    codes = ((a * 27 + b) * 27 + c for a, b, c in zip(places, places[1:], places[2:], strict=False))
    return all(_BITS[code // 8] >> code % 8 & 1 for code in codes)
