"""Plays the tour and shows it; then serves until Ctrl-C.

    status = show(once=True)
"""
from __future__ import annotations

import asyncio
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rich.text import Text

from krakpy import __version__
from krakpy.cli.demo.gateway import Gateway, NotServing
from krakpy.cli.demo.tour import Scene, tour
from krakpy.cli.demo.upstream import Upstream
from krakpy.cli.terminal import complain, say
from krakpy.log_lines import printable

#: how much of the gateway's log is shown when it does not serve
LOG_LINES = 20
COLOURS = {"asked": "cyan", "answered": "bold", "changed": "green", "because": "red"}


def show(*, once: bool, port: int | None = None) -> int:
    """The exit status: 0 if everything was as promised."""
    return asyncio.run(_show(once=once, port=port))


async def _show(*, once: bool, port: int | None) -> int:
    # NOTE: without a handler SIGTERM would end this process and leave the gateway behind
    task = asyncio.current_task()
    assert task is not None, "asyncio runs this"
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    with tempfile.TemporaryDirectory(prefix="krakpy-demo-") as folder:
        async with Upstream() as upstream:
            gateway = Gateway(Path(folder), upstream=upstream.url, port=port)
            try:
                async with gateway:
                    return await _perform(gateway, upstream, once=once)
            except NotServing as error:
                complain(Text(f"krakpy: {error}; the end of its log:", "red"), *_log(gateway))
                return 1
            except asyncio.CancelledError:
                say(Text("\nstopped", "dim"))
                return 0


async def _perform(gateway: Gateway, upstream: Upstream, *, once: bool) -> int:
    say(*_opening(gateway, upstream))
    is_as_promised, number = True, 0
    async for scene in tour(gateway, upstream):
        number += 1
        is_as_promised &= scene.is_as_promised
        say(*_played(number, scene))
    if once or not is_as_promised:
        return 0 if is_as_promised else 1
    say(*_farewell(gateway))
    await gateway.ended()
    raise NotServing("the gateway ended")


def _opening(gateway: Gateway, upstream: Upstream) -> Iterator[Text]:
    what = "one krakend.json, two extensions, one of them broken on purpose"
    yield Text.assemble(("krakpy ", "bold"), (f"{__version__}  ", "dim"), what)
    served = f"under gunicorn, serving after {gateway.ready_s:.1f} s"
    yield Text.assemble(("gateway  ", "dim"), f"{gateway.url}  ", (served, "dim"))
    noted = "two services, which note what they are asked"
    yield Text.assemble(("upstream ", "dim"), f"{upstream.url}  ", (noted, "dim"))


def _played(number: int, scene: Scene) -> Iterator[Text]:
    mark = ("✓", "bold green") if scene.is_as_promised else ("✗ not as promised:", "bold red")
    yield Text()
    yield Text.assemble(mark, (f" {number}  {scene.title}", "bold"))
    for label, text in scene.lines:
        yield Text.assemble((f"  {label:<9} ", "dim"), (printable(text), COLOURS.get(label, "")))


def _farewell(gateway: Gateway) -> Iterator[Text]:
    yield Text()
    yield Text("Try it yourself; Ctrl-C ends it", "bold")
    for path in ("/welcome/7", "/score/7", "/users/7", "/__health"):
        yield Text(f"  curl -i {gateway.url}{path}")
    files = "  krakend.json, gateway.log, and site/ with both extensions"
    yield Text.assemble(("  in ", "dim"), str(gateway.folder), (files, "dim"))


def _log(gateway: Gateway) -> Iterator[Text]:
    for line in gateway.log.read_text("utf-8", "replace").splitlines()[-LOG_LINES:]:
        yield Text(f"  {printable(line)}")
