"""The tour: three requests, what came of each, and whether it was as promised.

    async for scene in tour(gateway, upstream): ...
"""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from krakpy.cli.demo.gateway import Answer, Gateway
from krakpy.cli.demo.upstream import Seen, Upstream

GREETING = "Welcome back, Ada!"


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """One thing that is shown: a title, labelled lines, and whether everything was as the title says."""

    title: str
    lines: Sequence[tuple[str, str]]
    is_as_promised: bool


async def tour(gateway: Gateway, upstream: Upstream) -> AsyncIterator[Scene]:
    """The scenes, one after the other as they happen."""
    diagnosis = asyncio.ensure_future(gateway.doctor())
    try:
        yield await _merge(gateway, upstream)
        yield await _broken(gateway, upstream, diagnosis)
        yield await _bystander(gateway, upstream)
    finally:
        diagnosis.cancel()


async def _merge(gateway: Gateway, upstream: Upstream) -> Scene:
    upstream.forget()
    answer = await gateway.ask("/welcome/7")
    seen = sorted(upstream.seen, key=lambda request: request.path, reverse=True)
    document = answer.document or {}
    return Scene(
        title="Two backends become one answer, and an extension has its say",
        lines=[
            ("asked", "GET /welcome/7"),
            *(("upstream", _told(request)) for request in seen),
            ("answered", _shown(answer)),
            ("changed", "acme-greeter put X-Greeter on both requests, and `greeting` into the answer"),
        ],
        is_as_promised=answer.status == 200
        and document.get("greeting") == GREETING
        and document.get("orders") is not None
        and "password" not in document
        and [request.path for request in seen] == ["/users/7", "/orders/7"]
        and all("x-greeter" in request.headers for request in seen),
    )


async def _broken(gateway: Gateway, upstream: Upstream, diagnosis: asyncio.Task[dict[str, object]]) -> Scene:
    upstream.forget()
    answer = await gateway.ask("/score/7")
    said = await diagnosis
    problems = said.get("problems")
    problem = problems[0] if isinstance(problems, list) and problems else {}
    return Scene(
        title="A broken extension takes down its own endpoint, and you are told why",
        lines=[
            ("asked", "GET /score/7"),
            ("upstream", "nothing: a request that cannot be served as configured is not served by halves"),
            ("answered", _shown(answer)),
            ("because", f"{problem.get('code')} {problem.get('message')}".replace(f"{gateway.folder}/", "")),
            ("ask", "krakpy ext doctor -c krakend.json: every problem, with the step that mends it"),
        ],
        is_as_promised=answer.status == 503
        and "json" in answer.headers.get("content-type", "")
        and "acme" not in answer.body
        and not upstream.seen
        and problem.get("code") == "KX020",
    )


async def _bystander(gateway: Gateway, upstream: Upstream) -> Scene:
    upstream.forget()
    answer = await gateway.ask("/users/7")
    return Scene(
        title="Nobody else notices",
        lines=[("asked", "GET /users/7"), *(("upstream", _told(request)) for request in upstream.seen),
               ("answered", _shown(answer))],
        is_as_promised=answer.status == 200 and len(upstream.seen) == 1,
    )


def _told(request: Seen) -> str:
    greeter = request.headers.get("x-greeter")
    return f"{request.method} {request.path}" + (f"   X-Greeter: {greeter}" if greeter else "")


def _shown(answer: Answer) -> str:
    return f"{answer.status} {answer.body.strip()}"
