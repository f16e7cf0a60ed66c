"""A configuration that cannot be served changes nothing, whatever is wrong with it, and everybody is told why."""
import asyncio
import json
import os
import signal

import pytest

from tests.distributions import HOOK, Site

from .rig import Operated, config_of, eventually, is_alive, written
from .strict_client import Tally, clients

MODULES = {
    "hangs": "import time\ntime.sleep(3600)\n",
    "crashes": "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n",
    "exits": "import os\nos._exit(3)\n",
    "unready": HOOK + "\n    def setup(self, context):\n        raise RuntimeError('no database')\n",
}
INPROC = {"plugin": {"defaults": {"isolation": "inproc"}}}


@pytest.fixture(scope="module")
def gateway(tmp_path_factory, upstream):
    folder = tmp_path_factory.mktemp("bad")
    site = Site(folder / "site")
    for name, source in MODULES.items():
        site.add(f"acme-{name}", hooks={name: f"acme_{name}:Hook"}, modules={f"acme_{name}.py": source})
    config = config_of(upstream.port, **INPROC)
    with Operated(written(folder, config), site=site.path) as gateway:
        yield gateway


@pytest.fixture
def good(gateway, upstream):
    """The configuration that the gateway serves, in place again afterwards."""
    config = config_of(upstream.port, **INPROC)
    yield config
    gateway.config.unlink(missing_ok=True) if not gateway.config.is_dir() else gateway.config.rmdir()
    gateway.write(config)


def using(config, name):
    """The configuration with an extension at its first endpoint."""
    first, *others = config["endpoints"]
    extra = {"plugin/req-resp-modifier": {"name": [name]}}
    return {**config, "endpoints": [{**first, "extra_config": extra}, *others]}


def routed(config, path):
    return {**config, "endpoints": [{**config["endpoints"][0], "endpoint": path}]}


def overwrite(gateway, text):
    gateway.config.write_text(text)


def unreadable(gateway, _):
    gateway.config.unlink()
    gateway.config.mkdir()  # NOTE: nobody can read a folder as a file, root neither


KINDS = {
    "syntax": ("KC001", lambda g, _: overwrite(g, '{"version": 3,, }')),
    "unknown key": ("KC003", lambda g, c: g.write({**c, "endpionts": []})),
    "bad route": ("KC008", lambda g, c: g.write(routed(c, "/__debug/{nonce}"))),
    "missing extension": ("KX001", lambda g, c: g.write(using(c, "nowhere"))),
    "extension that hangs at import": ("KX023", lambda g, c: g.write(using(c, "hangs"))),
    "extension that crashes at import": ("KX022", lambda g, c: g.write(using(c, "crashes"))),
    "extension that ends the process at import": ("KX021", lambda g, c: g.write(using(c, "exits"))),
    "extension that a worker cannot set up": ("KX042", lambda g, c: g.write(using(c, "unready"))),
    "unreadable file": ("KC001", unreadable),
    "missing file": ("KC001", lambda g, _: g.config.unlink()),
    "empty file": ("KC001", lambda g, _: overwrite(g, "")),
    "half-written file": ("KC001", lambda g, c: overwrite(g, json.dumps({"version": 3, **c})[:150])),
    "another port": ("KR002", lambda g, c: g.write({**c, "listen_ip": "127.0.0.2"})),
}


async def reload_under_load(gateway: Operated) -> tuple[Tally, tuple[int, dict]]:
    tally = Tally()
    async with clients(gateway.port, 8, tally):
        ended = await asyncio.to_thread(gateway.reload)
        answered = tally.answered
        while tally.answered < answered + 20:
            await asyncio.sleep(0.01)
    return tally, ended


@pytest.mark.parametrize(("code", "spoil"), KINDS.values(), ids=KINDS)
def test_a_bad_configuration_is_refused_and_the_one_before_serves_on(gateway, good, code, spoil):
    before = gateway.serving()
    spoil(gateway, good)
    tally, (status, outcome) = asyncio.run(reload_under_load(gateway))
    assert (status, outcome["ok"]) == (1, False)
    assert code in {problem["code"] for problem in outcome["problems"]}
    assert tally.lost == {}
    assert gateway.serving() == before, "somebody else serves now"
    assert gateway.status()["last_reload"].items() <= outcome.items()
    assert gateway.events("reload refused", number=outcome["number"])
    assert gateway.events(code=code), "the log does not say why"


def test_people_are_told_why_a_line_for_each_reason(gateway, good):
    gateway.write({**good, "endpionts": [], "timeuot": "1s"})
    done = gateway.krakpy("reload")
    heading, *reasons = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (1, "")
    assert heading == "krakpy: the reload was refused (2 problems); generation 1 goes on serving"
    assert [line.split()[0] for line in reasons] == ["KC003", "KC003"]
    assert "why the last reload was refused" in gateway.krakpy("status").stdout


def test_a_worker_that_dies_after_a_refused_reload_is_replaced_by_one_of_the_old_configuration(gateway, good):
    overwrite(gateway, "{")
    assert gateway.reload()[0] == 1
    victim, bystander = gateway.serving()
    os.kill(victim, signal.SIGKILL)
    gateway.until(lambda: len(set(gateway.serving()) - {victim}) == 2)
    status = gateway.status()
    assert bystander in gateway.serving()
    assert {worker["generation"] for worker in status["workers"]} == {1}
    [replaced] = [worker for worker in status["workers"] if worker["restarts"]]
    assert (replaced["last_death"]["pid"], replaced["last_death"]["signal"]) == (victim, "SIGKILL")
    tally = Tally()

    async def asked():
        async with clients(gateway.port, 4, tally):
            while tally.answered + sum(tally.lost.values()) < 100:
                await asyncio.sleep(0.01)

    asyncio.run(asked())
    assert tally.lost == {}


def test_nothing_of_an_import_that_hangs_is_left_when_the_master_is_killed(tmp_path, upstream):
    site, mark = Site(tmp_path / "site"), tmp_path / "pid"
    source = f"import os, time\nopen({str(mark)!r}, 'w').write(str(os.getpid()))\ntime.sleep(3600)\n"
    site.add("acme-hangs", hooks={"hangs": "acme_hangs:Hook"}, modules={"acme_hangs.py": source})
    config = config_of(upstream.port, **INPROC)
    with Operated(written(tmp_path, config), site=site.path, workers=1) as gateway:
        gateway.write(using(config, "hangs"))
        gateway.process.send_signal(signal.SIGHUP)
        gateway.until(lambda: mark.exists() and mark.read_text())
        gateway.process.kill()
        gateway.process.wait(10)
        eventually(lambda: not is_alive(int(mark.read_text())))
