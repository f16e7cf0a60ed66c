"""Whoever looks, and however deep answers are opened for it: the client gets the same."""
import json
import re
from decimal import Decimal
from typing import Any

import pytest
from krakpy_sdk import Extension, Headers, Patch, Response

from krakpy import testing
from krakpy.encoding.json_documents import MAX_DEPTH

#: what makes a body too large to be always opened, and changes nothing of it
PADDING = b" " * 600
BODY = b"""{
    "user": {"name": "<Ada> & co", "id": 7, "tags": [1.10, 1E2, -0, 12345678901234567890123]},
    "rows": [{"b": 1, "a": {"deep": [null, true, "\\u2028 \\u00e9\\/"]}}],
    "collection": [ 1 , 2 ], "content": "text", "text": "\xe2\x80\xa8 \xc3\xa9"
}""" + PADDING


class Looking(Extension):
    """Declares nothing, so that everything is decoded."""

    def endpoint_response(self, response): ...


class Naming(Extension):
    """Sees and changes what it declares, and nothing else."""

    paths = ("user.name", "g.user", "rows")

    def endpoint_response(self, response):
        patch = Patch().set_header("X-Seen", json.dumps(response.data, sort_keys=True))
        return patch.set_data("user.name.first", "Ada").remove_data("g.user.id")

    def backend_response(self, response):
        return Patch().set_header("X-Seen", repr(sorted(response.data or {})))


class Reaching(Extension):
    """Changes what it does not declare."""

    paths = ("user.name",)

    def endpoint_response(self):
        return Patch().set_data("user.id", 8)


class Doubling:
    """A middleware that declares what it looks at."""

    paths: tuple[str, ...] = ("user.id",)

    def __init__(self, settings, next):
        self._next = next

    async def __call__(self, request):
        response = await self._next(request)
        user = response.data["user"]
        return response.replace(data={**response.data, "user": {**user, "id": 2 * user["id"]}})


class Untouched(Doubling):
    """A middleware that declares that it looks at nothing."""

    paths: tuple[str, ...] = ()

    async def __call__(self, request):
        return await self._next(request)


EXTENSIONS: dict[str, Any] = {
    "hooks": {"looking": Looking, "naming": Naming, "reaching": Reaching},
    "endpoint": {"acme/untouched": Untouched, "acme/double": Doubling},
}
NAMING = {"plugin/req-resp-modifier": {"name": ["naming"]}}
ENDPOINTS = {
    "as it is": {"backend": [{}]},
    "grouped": {"backend": [{"group": "g"}, {"group": "h"}]},
    "merged": {"backend": [{"deny": ["user.id"]}, {"allow": ["rows", "user.tags"], "mapping": {"rows": "lines"}}]},
    "target": {"backend": [{"target": "user"}]},
    "no object as target": {"backend": [{"target": "rows"}]},
    "sequential": {
        "backend": [{"group": "g"}, {"url_pattern": "/x?a={resp0_g.user.id}&b={resp0_text}&c={resp0_g.user.tags}"}],
        "extra_config": {"proxy": {"sequential": True}},
    },
    "filtered": {
        "backend": [{"extra_config": {"proxy": {"flatmap_filter": [{"type": "del", "args": ["rows.*.b"]}]}}}],
    },
    "filtered at the endpoint": {
        "backend": [{}, {"group": "g"}],
        "extra_config": {"proxy": {"flatmap_filter": [{"type": "move", "args": ["g.user", "g.person"]}]}},
    },
    "static": {"backend": [{}], "extra_config": {"proxy": {"static": {"data": {"rows": 0}, "strategy": "always"}}}},
    "a hook that declares": {"backend": [{}, {"group": "g"}], "extra_config": NAMING},
    "a hook of the backend": {"backend": [{"extra_config": NAMING}]},
    "a middleware that declares": {"backend": [{}], "extra_config": {"acme/double": {}, "acme/untouched": {}}},
    "the collection": {"backend": [{}], "output_encoding": "json-collection"},
    "the text": {"backend": [{}], "output_encoding": "string"},
    "XML": {"backend": [{"allow": ["user.name"]}], "output_encoding": "xml"},
    "YAML": {"backend": [{}], "output_encoding": "yaml"},
    "negotiated": {"backend": [{}], "output_encoding": "negotiate"},
    "safejson": {"backend": [{"encoding": "safejson"}]},
    "shadowed": {"backend": [{}, {"extra_config": {"proxy": {"shadow": True}}}]},
}


def asked(endpoint, path, *, is_looked_at):
    """The endpoint in full, with somebody who looks at everything or without."""
    components = {**endpoint.get("extra_config", {})}
    hooks = components.get("plugin/req-resp-modifier", {}).get("name", [])
    if is_looked_at:
        components["plugin/req-resp-modifier"] = {"name": [*hooks, "looking"]}
    backends = [{"host": ["http://up.test"], "url_pattern": "/x", **own} for own in endpoint["backend"]]
    return {**endpoint, "endpoint": path, "backend": backends, "extra_config": components}


def raw(body):
    return Response(200, headers=Headers({"Content-Type": "application/json"}), body=body)


async def answered(endpoint, body):
    """What client and backend see where everything is opened only for those who look, and where it is opened at all."""
    upstream = testing.Upstream({"/x": raw(body)})
    config = {
        "timeout": "1m",
        "extra_config": {"router": {"return_error_msg": True}},
        "endpoints": [asked(endpoint, "/part", is_looked_at=False), asked(endpoint, "/full", is_looked_at=True)],
    }
    seen = []
    async with testing.gateway(config, upstream, **EXTENSIONS) as client:
        for path in ("/part", "/full"):
            upstream.requests.clear()
            response = await client.get(path)
            fields = [pair for pair in response.headers.pairs if pair[0].lower() != "content-length"]
            seen.append((response.status, fields, read(response), sorted(request.url for request in upstream.requests)))
    return seen


def read(response):
    if not response.headers["content-type"].startswith("application/json"):
        return response.body
    assert not re.search(b"[<>&]|\xe2\x80[\xa8\xa9]", response.body)
    return json.loads(response.body, parse_float=Decimal, parse_int=Decimal, parse_constant=pytest.fail)


@pytest.mark.parametrize("endpoint", ENDPOINTS.values(), ids=ENDPOINTS)
async def test_the_answer_is_that_of_the_fully_decoded_document(endpoint):
    part, full = await answered(endpoint, BODY)
    assert part == full
    assert part[0] == 200


async def test_a_hook_sees_no_more_than_it_declares():
    part, _ = await answered(ENDPOINTS["a hook that declares"], BODY)
    seen = json.loads(dict(part[1])["x-seen"])
    assert {name: list(value) for name, value in seen.items()} == {
        "g": ["user"], "rows": [{"a": {"deep": [None, True, "\u2028 \xe9/"]}, "b": 1}], "user": ["name"],
    }


async def test_a_patch_of_what_is_not_declared_is_a_breach_of_the_contract():
    endpoint = {"backend": [{}], "extra_config": {"plugin/req-resp-modifier": {"name": ["reaching"]}}}
    part, full = await answered(endpoint, BODY)
    assert part[0] == full[0] == 502


ERRORS = {
    "cut off": BODY.rstrip()[:-1],
    "a comma too many": b'{"a": {"b": [1,]}}',
    "NaN": b'{"a": {"b": [NaN]}}',
    "Infinity": b'{"a": [-Infinity]}',
    "a control character": b'{"a": ["\x01"]}',
    "an escape that is none": b'{"a": ["\\x41"]}',
    "an array where an object is due": b"[{}]",
    "too deep": b'{"a":' * MAX_DEPTH + b"[]" + b"}" * MAX_DEPTH,
    "far too deep": b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "brackets in strings that hide the depth": b'{"a":"}}","b":' * MAX_DEPTH + b"[]" + b',"c":"{{"}' * MAX_DEPTH,
}


@pytest.mark.parametrize("body", ERRORS.values(), ids=ERRORS)
async def test_what_nobody_looks_at_is_refused_all_the_same(body):
    part, full = await answered(ENDPOINTS["grouped"], body + PADDING)
    assert part == full
    assert part[0] == 500


MENDED = {
    "no UTF-8": b'{"a": ["\xff\xe2\x82"]}',
    "half of a pair": b'{"a": ["\\ud800 \\udc00"]}',
    "what follows": b'{"a": [1]} and more',
    "just deep enough": b'{"a":' * (MAX_DEPTH - 1) + b"[]" + b"}" * (MAX_DEPTH - 1),
    "null": b"null",
}


@pytest.mark.parametrize("body", MENDED.values(), ids=MENDED)
async def test_what_nobody_looks_at_is_mended_all_the_same(body):
    part, full = await answered({"backend": [{}]}, body + PADDING)
    assert part == full
    assert part[0] == 200


@pytest.mark.parametrize("number", ["1e999", "9" * 5000], ids=["too large", "too long"])
async def test_numbers_that_nobody_looks_at_may_have_any_size(number):
    part, full = await answered({"backend": [{}]}, f'{{"a": [{number}]}}'.encode() + PADDING)
    assert (part[0], full[0]) == (200, 500)
