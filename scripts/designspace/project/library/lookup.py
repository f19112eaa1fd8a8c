"""Citations by DOI from doi.org, if the user has asked for them: nothing but the DOI is sent, and each answer is kept.

The network is never needed: a DOI without an answer is skipped, and the next run asks again.
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
SECONDS = 20  # time limit of an answer
LARGEST = 2**21  # bytes of an answer; the answer for a paper with a thousand authors has a tenth
FAILURES = 3  # in a row, after which the network counts as unavailable


def look_up(dois: Iterable[str], folder: Path, server: str = SERVER) -> dict[str, Entry]:
    """{DOI: its entry} of those for which the server, or an earlier answer in the folder, has one; failures are
    reported on stderr."""
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
    """The server's answer about a DOI. OSError or HTTPException if there is none."""
    request = urllib.request.Request(f"{server}/{urllib.parse.quote(doi)}", headers=HEADERS)
    with urllib.request.urlopen(request, timeout=SECONDS) as response:
        answer: bytes = response.read(LARGEST)
    return answer
