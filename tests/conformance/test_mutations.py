"""Whatever clients and upstreams send: no exception that nobody handles, and no JSON that is none.

The requests of the golden cases are played as they are, with changed bytes, and while the upstream's bytes change, each
group against a gateway of its own. What a request is answered with is not looked at here: see `test_golden.py`.
"""

import asyncio
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from replay import Backend, Gateway, Names, Ports, wire

from tests.conformance.mutating import Mutator
from tests.conformance.raw_client import Answer, Exchange, exchange
from tests.conformance.relay import Relay
from tests.conformance.test_golden import HERE, PENDING, TOPICS

#: mutated requests in all, over every group
MUTATIONS = 10_000
#: how often each request is played while answers of the upstream are mutated
ROUNDS = 5
#: exchanges at a time
AT_ONCE = 12

#: below those that the system gives to connections, and others for suites that run beside this one
PORTS = Ports(12_000 + os.getpid() % 80 * 100)

#: what krakpy itself renders; a `no-op` endpoint, and a status that is passed on, say what the upstream says
RENDERED = "application/json; charset=utf-8"
PASSED_ON = re.compile(r'"no-op"|"return_error_(?:code|details)"|no-op')

#: events of this level are defects; none is expected
_ERROR = re.compile(
    r'\d{4}-\d\d-\d\dT[\d:.]+Z (?:ERROR|CRITICAL) |"level": ?"(?:ERROR|CRITICAL)"|Traceback \(most recent call last\)'
)


class Group(NamedTuple):
    """A group of cases that starts."""

    name: str
    """`topic/group`."""
    recorded: Any
    requests: list[Any]


def groups() -> Iterator[Group]:
    """Every group that a gateway can be started for."""
    for topic in TOPICS:
        pending = PENDING.get(topic, {})
        for group in json.loads((HERE / "cases" / f"{topic}.json").read_text("utf-8"))["groups"]:
            starts = group.get("start", {}).get("state") == "listening" and pending.get(group["name"]) != "*"
            starts = starts and "refused at start" not in group.get("divergence", "")
            steps = [step for case in group["cases"] for step in case["steps"] if "request" in step]
            if starts and steps:
                yield Group(f"{topic}/{group['name']}", group, [step["request"] for step in steps])


GROUPS = list(groups())
REQUESTS = sum(len(group.requests) for group in GROUPS)


def share(group: Group, mutations: int) -> int:
    """How many of all mutations are of this group's requests."""
    return -(-mutations * len(group.requests) // REQUESTS)


class Upstream:
    """The mock upstream on ports of its own, for a `with` block."""

    def __init__(self, routes: Any) -> None:
        self._backend = Backend(routes)
        *self.ports, self.spare = (PORTS.take() for _ in range(4))

    def __enter__(self):
        self._backend.start(self.ports)
        return self

    def __exit__(self, *_):
        self._backend.stop()

    def rename(self, names: Any) -> None:
        """Let the routes name the addresses of this run."""
        self._backend.routes = json.loads(names.substitute(json.dumps(self._backend.routes)))


async def defects(group: Group, mutations: int, rounds: int) -> list[str]:
    """What goes wrong with a group's requests, as they are and mutated, and with mutated answers of the upstream."""
    with Upstream(group.recorded.get("routes")) as upstream:
        async with Relay(upstream.ports, group.name) as relay:
            names = Names(upstream.spare, relay.ports)
            upstream.rename(names)
            recorded = {**group.recorded, "env": {**group.recorded.get("env", {}), "WEB_CONCURRENCY": "1"}}
            gateway = Gateway(f"{sys.executable} -m krakpy", recorded, names.substitute, upstream.spare)
            try:
                if await asyncio.to_thread(gateway.start) != "listening":
                    return [f"{group.name} does not start: {gateway.text()}"]
                workers = children(gateway.process.pid)
                messages = [wire(request, names.substitute) for request in group.requests]
                found = await played(gateway.port, recorded, messages)
                found += await played(gateway.port, recorded, mutants(group.name, messages, mutations))
                relay.mutates = True
                found += await played(gateway.port, recorded, messages * rounds)
                if gateway.process.poll() is not None or children(gateway.process.pid) != workers:
                    found.append("the worker died")
                return found + [f"log: {line}" for line in gateway.text().splitlines() if _ERROR.search(line)]
            finally:
                await asyncio.to_thread(gateway.stop)


def children(pid: int) -> str:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text()


def mutants(seed: str, messages: Sequence[bytes], count: int) -> list[bytes]:
    """So many mutations of some messages, as many of each."""
    mutator = Mutator(seed)
    return [mutator.mutated(messages[number % len(messages)], messages) for number in range(count)]


async def played(port: int, recorded: Any, messages: Iterable[bytes]) -> list[str]:
    """What is wrong with the answers to some messages, several of which are under way at a time."""
    waiting, found = iter(messages), []
    passes_on = PASSED_ON.search(json.dumps(recorded)) is not None

    async def play() -> None:
        for message in waiting:
            problem = wrong(await exchange(port, message), passes_on=passes_on)
            if problem:
                found.append(f"{problem}\n  to {message[:2000]!r}")

    await asyncio.gather(*(play() for _ in range(AT_ONCE)))
    return found


def wrong(exchanged: Exchange, *, passes_on: bool) -> str:
    """What no client may ever see."""
    for answer in exchanged.answers:
        is_own = not passes_on or answer.content_type == RENDERED
        if is_own and is_json(answer) and not answer.is_whole and not exchanged.is_reset:
            return f"{answer.status} with half a document: {answer.body[:2000]!r}"
        if is_own and is_json(answer) and answer.is_whole and not is_readable(answer.body):
            return f"{answer.status} with invalid JSON: {answer.body[:2000]!r}"
    return exchanged.problem


def is_json(answer: Answer) -> bool:
    kind = answer.content_type.partition(";")[0].strip().lower()
    return bool(answer.body) and (kind == "application/json" or kind.endswith("+json"))


def is_readable(body: bytes) -> bool:
    try:
        json.loads(body.decode("utf-8"), parse_constant=pytest.fail)
    except ValueError:
        return False
    return True


@pytest.mark.slow
@pytest.mark.parametrize("group", GROUPS, ids=[group.name for group in GROUPS])
def test_no_bytes_break_the_gateway(group):
    found = asyncio.run(defects(group, share(group, MUTATIONS), ROUNDS))
    assert not found, "\n".join(islice(found, 20))


#: one group of each kind: paths, bodies, decoders and manipulations, streams
REPRESENTATIVE = ("routing/paths", "bodies/methods", "encodings/outputs", "no-op/pass")


@pytest.mark.parametrize("name", REPRESENTATIVE)
def test_no_bytes_break_what_stands_for_the_others(name):
    [group] = [group for group in GROUPS if group.name == name]
    found = asyncio.run(defects(group, 150, 1))
    assert not found, "\n".join(islice(found, 20))


def test_mutations_are_the_same_in_every_run_and_reach_every_part_of_a_message():
    message = b"POST /a/b HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 9\r\n\r\n" + b'{"a": 12}'
    changed = mutants("seed", [message], 200)
    assert changed == mutants("seed", [message], 200)
    assert message not in changed
    for part in (b"POST /a/b HTTP/1.1\r\n", b"Host: gw.test\r\n", b'{"a": 12}'):
        assert 0.1 < sum(part not in mutant for mutant in changed) / len(changed) < 0.6
