"""Who is slow is ended in time, and nobody else notices: 0 errors, and waits that are as they were.

The default suite has 40 clients of each shape, all shapes at once, under deadlines of a second or two; `tox -e slow`
has 2,000 of each under the deadlines that a gateway has where nothing is set.
"""
from __future__ import annotations

import asyncio
import os
import resource
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
import uvloop

from .rig import Operated, config_of, written
from .slow_clients import SHAPES, Ended, flooded
from .strict_client import Tally, clients

FEW, MANY = 40, 2000
BYSTANDERS = 4
#: the time of a request whose answer never ends; longer than any deadline here
LONG = "150s"
#: how long bystanders ask before anything goes on
BEFORE_S = 10.0


@dataclass(frozen=True, kw_only=True)
class Deadlines:
    """When clients that are too slow have to end."""

    head_s: float = 10.0
    body_s: float = 5.0
    write_s: float = 30.0

    def of(self, shape: str) -> float:
        return self.write_s if shape == "slow reader" else self.body_s if shape.endswith("body") else self.head_s


#: status and end that each shape meets: who has said nothing is told nothing
ENDS = dict.fromkeys(SHAPES, ("408", "end")) | {"idle": ("", "end"), "slow reader": ("200", "reset")}


def config(port: int, **extra: Any) -> dict[str, Any]:
    """`/fine` for bystanders, `/big` for slow readers, and `/stuck` for bodies, which is never answered."""
    made = config_of(port, "big", "stuck", extra_config=extra)
    *_, big, stuck = made["endpoints"]
    stuck["method"] = stuck["backend"][0]["method"] = "POST"
    stuck["backend"][0]["url_pattern"] = "/slow-900000/{nonce}"
    big["timeout"] = stuck["timeout"] = LONG
    return made


async def beside(port: int, what: Callable[[], Any]) -> tuple[Tally, Any]:
    """What bystanders with kept and with fresh connections met while that was done, and what it gave."""
    tally = Tally()
    pause = partial(float, 0.005)
    half = BYSTANDERS // 2
    async with clients(port, half, tally, think=pause), clients(port, half, tally, fresh=True, think=pause):
        done = await asyncio.to_thread(what)
    return tally, done


def p99_ms(tally: Tally) -> float:
    return 1000 * sorted(tally.took_s)[int(len(tally.took_s) * 0.99)]


def descriptors(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


def assert_ended(ended: list[Ended], shape: str, deadlines: Deadlines, within_s: float) -> None:
    due_s = deadlines.of(shape)
    assert Counter((end.status, end.how) for end in ended) == {ENDS[shape]: len(ended)}
    # NOTE: the clock of a worker that is busy is behind
    assert min(end.after_s for end in ended) >= due_s - 0.1, "never early"
    assert max(end.after_s for end in ended) <= due_s + within_s


def assert_as_before(gateway: Operated, worker: int, open_before: int) -> None:
    # NOTE: a backend's connections are kept, one for each bystander that asked at the same time as the others
    gateway.until(lambda: descriptors(worker) <= open_before + BYSTANDERS)
    assert gateway.serving() == [worker]
    assert [event for event in gateway.events() if event["level"] in ("ERROR", "CRITICAL")] == []


@pytest.fixture(scope="module")
def quick(tmp_path_factory, upstream):
    wire = {"head_deadline": "1s", "body_grace": "1s", "write_deadline": "2s"}
    path = written(tmp_path_factory.mktemp("quick"), config(upstream.port, **{"krakpy/wire": wire}))
    with Operated(path, workers=1) as gateway:
        yield gateway


def test_slow_clients_of_every_shape_are_ended_and_nobody_else_is_hurt(quick):
    [worker] = quick.serving()
    uvloop.run(beside(quick.port, partial(flooded, quick.port, "idle", number=1, per_second=100)))
    before = descriptors(worker)
    flood = partial(flooded, quick.port, *SHAPES, number=FEW, per_second=400)
    bystanders, ended = uvloop.run(beside(quick.port, flood))
    for shape in SHAPES:
        # NOTE: a busy machine is late, not wrong; `tox -e slow` has the promise
        assert_ended(ended[shape], shape, Deadlines(head_s=1, body_s=1, write_s=2), within_s=10)
        assert len(ended[shape]) == FEW
    assert (bystanders.lost, bystanders.answered > 0) == ({}, True)
    assert_as_before(quick, worker, before)


@pytest.fixture(scope="module")
def stock(tmp_path_factory, upstream):
    """A gateway whose deadlines are nobody's choice; one backend may have a connection for each of the clients."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 4 * MANY:
        pytest.skip(f"{hard} descriptors are too few for {MANY} clients")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    limits = {"krakpy/backends": {"max_connections": MANY + 100}}
    path = written(tmp_path_factory.mktemp("stock"), config(upstream.port, **limits))
    with Operated(path, workers=1) as gateway:
        yield gateway
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
def test_two_thousand_slow_clients_are_ended_a_second_after_their_deadline_and_nobody_waits_longer(
    stock, shape, record_property
):
    [worker] = stock.serving()
    calm, _ = uvloop.run(beside(stock.port, partial(time.sleep, BEFORE_S)))
    before = descriptors(worker)
    bystanders, ended = uvloop.run(
        beside(stock.port, partial(flooded, stock.port, shape, number=MANY, per_second=400))
    )
    figures = {
        "p99 before, ms": round(p99_ms(calm), 1),
        "p99 beside, ms": round(p99_ms(bystanders), 1),
        "bystanders' requests": bystanders.answered,
        "first end, s": round(min(end.after_s for end in ended[shape]), 2),
        "last end, s": round(max(end.after_s for end in ended[shape]), 2),
    }
    for name, figure in figures.items():
        record_property(name, figure)
    print(shape, figures)
    assert len(ended[shape]) == MANY
    assert_ended(ended[shape], shape, Deadlines(), within_s=1)
    assert (calm.lost, bystanders.lost) == ({}, {})
    assert_as_before(stock, worker, before)
    assert p99_ms(bystanders) < 2 * p99_ms(calm)
