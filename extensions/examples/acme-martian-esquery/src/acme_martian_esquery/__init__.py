"""The Martian modifier `body.ESQuery`: asks Elasticsearch with what stands in a query string.

    {"modifier/martian": {"body.ESQuery": {"scope": ["request"], "keys": ["foo", "bar"]}}}

`GET /index/_search?foo=1&size=3` becomes `POST /index/_search?size=3` with `{"query": {"match": {"foo": "1"}}}`.
"""
from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from krakpy_sdk import ConfigError, Request
from krakpy_sdk.martian import RequestModifier


@dataclass(frozen=True)
class Settings:
    """The settings, as the operator writes them."""

    keys: tuple[str, ...]
    """The parameters of the query string that are asked for: fields of the documents."""

    def __post_init__(self) -> None:
        if not self.keys or not all(self.keys):
            raise ConfigError("name at least one parameter", path="keys")


class ESQuery:
    """Turns parameters of the query string into a query of Elasticsearch's, and leaves the others where they are."""

    Config = Settings

    def __init__(self, config: Settings) -> None:
        self._keys = frozenset(config.keys)

    def modify_request(self, request: Request) -> Request:
        """The search: a POST with the query as its body."""
        address, _, query = request.url.partition("?")
        wanted: dict[str, str] = {}
        others = []
        for part in query.split("&") if query else ():
            name, _, value = part.partition("=")
            key = unquote_plus(name)
            if key in self._keys:
                # NOTE: of a parameter that is there twice the first value counts
                wanted.setdefault(key, unquote_plus(value))
            else:
                others.append(part)
        body = json.dumps({"query": _query(wanted)}).encode()
        headers = request.headers.set("Content-Type", "application/json; charset=UTF-8")
        return request.replace(
            method="POST",
            url="?".join([address, "&".join(others)]) if others else address,
            # without its length the body would be sent in chunks
            headers=headers.set("Content-Length", str(len(body))),
            body=body,
            stream=None,
        )


def _query(wanted: dict[str, str]) -> dict[str, Any]:
    """One `match` for each field, since Elasticsearch refuses a `match` of several; everything where none is asked."""
    matches = [{"match": {name: value}} for name, value in wanted.items()]
    if len(matches) == 1:
        return matches[0]
    return {"bool": {"must": matches}} if matches else {"match_all": {}}


_guard: type[RequestModifier] = ESQuery
