"""An upstream that reads Elasticsearch's query language: it records what it is asked, and refuses what that would.

    with Elastic() as elastic:
        ...
    elastic.searches[0]     # {"query": {"match": {"foo": "1"}}}
"""
from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self


class Search(NamedTuple):
    """One request."""

    method: str
    target: str
    content_type: str
    body: Any


class Elastic:
    """Listens on a port of its own while the context is open."""

    def __init__(self) -> None:
        self.searches: list[Search] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.port = self._server.server_address[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        elastic = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                kind = self.headers.get("Content-Type", "")
                search = Search(self.command, self.path, kind, json.loads(raw) if raw else None)
                elastic.searches.append(search)
                status, answer = judged(search)
                body = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST

            def log_message(self, format: str, *args: object) -> None: ...

        return Handler


def judged(search: Search) -> tuple[int, dict[str, Any]]:
    """What Elasticsearch says of a search: how many it has found, or what is wrong with it."""
    if search.method != "POST" or not search.content_type.startswith("application/json"):
        return 406, {"error": "Content-Type header is not supported"}
    if not isinstance(search.body, dict) or set(search.body) != {"query"}:
        return 400, {"error": "Unknown key"}
    wrong = fault(search.body["query"])
    return (400, {"error": wrong}) if wrong else (200, {"hits": {"total": 1}})


def fault(query: Any) -> str:
    """What is wrong with a query, as far as its language is known here; empty if it is one."""
    if not isinstance(query, dict) or len(query) != 1:
        return "[_na] query malformed, no field after start_object"
    [(kind, clause)] = query.items()
    if kind == "match":
        if not isinstance(clause, dict) or not clause:
            return "No text specified for text query"
        several = "[match] query doesn't support multiple fields, found "
        return several + str(list(clause)) if len(clause) > 1 else ""
    if kind == "bool":
        must = clause.get("must") if isinstance(clause, dict) else None
        return next(filter(None, map(fault, must)), "") if isinstance(must, list) else "[bool] malformed query"
    return "" if (kind, clause) == ("match_all", {}) else f"unknown query [{kind}]"
