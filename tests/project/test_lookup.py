"""Citations by DOI from a server of this machine: what is sent, what is kept, and servers that fail."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from designspace.project.library.lookup import FAILURES, look_up

ITEM = {
    "type": "article-journal",
    "title": "On Hands",
    "author": [{"family": "Ng", "given": "Ada"}],
    "DOI": "10.1/a(b)",
}


@pytest.fixture
def server():
    """A server that knows 10.1/a(b), breaks on 10.1/broken, and remembers what it was asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, dict(self.headers)))
            known = {"/10.1/a%28b%29": json.dumps(ITEM), "/10.1/broken": "<html>"}
            self.send_response(200 if self.path in known else 500 if "error" in self.path else 404)
            self.end_headers()
            self.wfile.write(known.get(self.path, "").encode())

        def log_message(self, *_):
            pass

    asked = []
    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.url, server.asked = f"http://127.0.0.1:{server.server_port}", asked
    yield server
    server.shutdown()
    server.server_close()


def test_the_doi_is_sent_and_nothing_else(server, tmp_path):
    entry = look_up(["10.1/a(b)"], tmp_path, server.url)["10.1/a(b)"]
    assert (entry.title, entry.citation) == ("On Hands", "Ng")
    ((path, headers),) = server.asked
    assert path == "/10.1/a%28b%29"
    assert headers.keys() == {"Accept-Encoding", "Host", "User-Agent", "Accept", "Connection"}
    assert headers["User-Agent"] == "Designspace" and headers["Accept"] == "application/vnd.citationstyles.csl+json"


def test_an_answer_is_kept_and_serves_without_a_network(server, tmp_path):
    first = look_up(["10.1/a(b)"], tmp_path / "doi", server.url)
    assert look_up(["10.1/a(b)"], tmp_path / "doi", "http://127.0.0.1:1") == first
    assert len(server.asked) == 1 and len(list((tmp_path / "doi").iterdir())) == 1


def test_what_is_not_known_or_no_citation_is_left_and_asked_again(server, tmp_path, capsys):
    for _ in range(2):
        assert look_up(["10.1/unknown", "10.1/broken"], tmp_path, server.url) == {}
    assert len(server.asked) == 4 and not list(tmp_path.iterdir())
    printed = capsys.readouterr().err
    assert "The answer about 10.1/broken is not a citation" in printed
    assert "The citation of 10.1/unknown was not looked up: HTTP Error 404" in printed


def test_a_server_that_fails_is_not_asked_for_ever(server, tmp_path):
    assert look_up([f"10.1/error{n}" for n in range(9)], tmp_path, server.url) == {}
    assert len(server.asked) == FAILURES
