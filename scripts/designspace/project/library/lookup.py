"""Citations by DOI from doi.org, for who has asked for it: nothing else is sent, and each answer is kept.

The network is never needed: a DOI without an answer is left as it is, and the next run asks again.
"""

import hashlib
import http.client
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable
from pathlib import Path

from designspace.core.files import write_whole
from designspace.project.library import csl
from designspace.project.library.entries import Entry

SERVER = "https://doi.org"
HEADERS = {"Accept": "application/vnd.citationstyles.csl+json", "User-Agent": "Designspace"}
SECONDS = 20  # that an answer may take
LARGEST = 2**21  # bytes of an answer; of a paper with a thousand authors it has a tenth
FAILURES = 3  # in a row, after which the network is taken to be away


def look_up(dois: Iterable[str], folder: Path, server: str = SERVER) -> dict[str, Entry]:
    """{DOI: its entry} of those that the server or an earlier answer in the folder knows; stderr says what failed."""
    found: dict[str, Entry] = {}
    failures = 0
    for doi in sorted(set(dois)):
        file = folder / f"{hashlib.sha256(doi.encode()).hexdigest()[:32]}.json"
        try:
            answer = file.read_bytes()
        except OSError:
            if failures == FAILURES:
                continue
            try:
                answer, failures = _ask(doi, server), 0
            except (OSError, http.client.HTTPException) as error:
                unknown = isinstance(error, urllib.error.HTTPError) and error.code == 404
                failures += not unknown
                print(f"The citation of {doi} was not looked up: {error}.", file=sys.stderr)
                continue
        entries, problems = csl.read(f"[{answer.decode('utf-8', 'replace')}]")
        if problems or len(entries) != 1:
            print(f"The answer about {doi} is not a citation and is not used.", file=sys.stderr)
            continue
        found[doi] = entries[0]
        if not file.exists():
            write_whole(file, answer)
    return found


def _ask(doi: str, server: str) -> bytes:
    """What the server answers about a DOI. OSError or HTTPException where it does not."""
    request = urllib.request.Request(f"{server}/{urllib.parse.quote(doi)}", headers=HEADERS)
    with urllib.request.urlopen(request, timeout=SECONDS) as response:
        answer: bytes = response.read(LARGEST)
    return answer
