"""The places of papers in the pool of keys and values, and what is left there of papers that have ended."""

from collections.abc import Sequence
from itertools import takewhile

from designspace.engine.attention import Prefix


class Pool:
    """A pool of `capacity` tokens.

    What a paper leaves there stays until another paper needs the place. A paper that begins with the same tokens takes
    this place, and those tokens are not read again (prefix caching, as in vLLM, https://arxiv.org/abs/2309.06180).
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.there: dict[int, list[int]] = {}  # the tokens of papers that are or were in the pool, by where they begin

    def take(self, tokens: list[int], used: Sequence[Prefix]) -> Prefix | None:
        """A place for these tokens beside the prefixes in use, and how many of them are there already; None if there is
        no room. Of the free places it is the one that has most of the tokens, and then the fewest of other papers."""
        begins = {0, *self.there, *(at + len(kept) for at, kept in self.there.items())}
        begins |= {prefix.begin + prefix.length for prefix in used}
        size = len(tokens)
        free = [
            Prefix(begin, self._known(begin, tokens)) for begin in sorted(begins) if self._is_free(begin, size, used)
        ]
        if not free:
            return None
        place = max(free, key=lambda prefix: (prefix.length, -sum(map(len, self._under(prefix.begin, size).values()))))
        for at in self._under(place.begin, size):
            del self.there[at]
        self.there[place.begin] = tokens
        return place

    def _is_free(self, begin: int, size: int, used: Sequence[Prefix]) -> bool:
        end = begin + size
        beside = all(end <= prefix.begin or begin >= prefix.begin + prefix.length for prefix in used)
        return beside and end <= self.capacity

    def _under(self, begin: int, size: int) -> dict[int, list[int]]:
        """The papers of which tokens would be overwritten at this place."""
        papers = self.there.items()
        return {at: kept for at, kept in papers if at < begin + size and begin < at + len(kept)}

    def _known(self, begin: int, tokens: list[int]) -> int:
        """How many of the tokens are at this place."""
        pairs = zip(self.there.get(begin, []), tokens, strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
