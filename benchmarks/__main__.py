"""Prints what the parts of krakpy cost.

    python -m benchmarks [--json] [NAME …]
"""
from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable

import uvloop

from benchmarks import extensions, pipeline, pool
from benchmarks.clock import Cost

SUITES: dict[str, Callable[[], Awaitable[list[Cost]]]] = {
    "extensions": extensions.measure,
    "pipeline": pipeline.measure,
    "pool": pool.measure,
}


def main() -> None:
    """Run the suites that are named, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Prints what the parts of krakpy cost.")
    parser.add_argument("names", nargs="*", choices=[*SUITES, []], help="suites to run (all)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    arguments = parser.parse_args()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        costs = [c for name in arguments.names or SUITES for c in runner.run(_suite(name))]
    if arguments.json:
        json.dump({"schema": "krakpy.benchmarks/1", "costs": [cost.as_dict() for cost in costs]}, sys.stdout, indent=1)
    else:
        for cost in costs:
            sys.stdout.write(f"{cost.us:9.2f} µs  {cost.name:34} {cost.what}\n")


async def _suite(name: str) -> list[Cost]:
    return await SUITES[name]()


if __name__ == "__main__":
    main()
