"""The command of the parts: `python -m benchmarks parts [--json] [NAME …]`."""
from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Sequence

import uvloop

from benchmarks.parts import extensions, isolated, pipeline, pool
from benchmarks.parts.clock import Cost

_DESCRIPTION = "Prints what the parts of krakpy cost, in CPU time of this process."

SUITES: dict[str, Callable[[], Awaitable[list[Cost]]]] = {
    "extensions": extensions.measure,
    "isolated": isolated.measure,
    "pipeline": pipeline.measure,
    "pool": pool.measure,
}


def main(arguments: Sequence[str]) -> int:
    """Run the suites that are named, or all of them; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks parts", description=_DESCRIPTION)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"suites to run: {', '.join(SUITES)} (all)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    given = parser.parse_args(arguments)
    if unknown := set(given.names) - set(SUITES):
        parser.error(f"no suite is called {', '.join(sorted(unknown))}; there are {', '.join(SUITES)}")
    costs = measured(given.names or list(SUITES))
    if given.json:
        document = {"schema": "krakpy.benchmarks.parts/1", "costs": [one.as_dict() for one in costs]}
        sys.stdout.write(json.dumps(document, indent=1) + "\n")
    else:
        for one in costs:
            sys.stdout.write(f"{one.us:9.2f} µs  {one.name:34} {one.what}\n")
    return 0


def measured(names: Sequence[str]) -> list[Cost]:
    """The costs of these suites."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return [cost for name in names for cost in runner.run(_suite(name))]


async def _suite(name: str) -> list[Cost]:
    return await SUITES[name]()
