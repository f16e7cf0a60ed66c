"""All workers of a running gateway have one folder in memory: through deaths and reloads, and not a moment longer."""
import asyncio
import os
import shutil
import signal
from pathlib import Path

import pytest

from tests.distributions import Site
from tests.faults.extensions import endpoint
from tests.faults.gateways import Gateway, written
from tests.faults.strict_client import ask_once
from tests.faults.test_plain_gunicorn import PlainGunicorn
from tests.faults.upstream import Upstream

#: answers with the folder, this worker, and what the workers before it have left there
SOURCE = """
import json, os

class Folder:
    def __init__(self, settings, next):
        self.path = settings.shared_folder

    async def __call__(self, request):
        from krakpy_sdk import Headers, Response
        before = sorted(name for name in os.listdir(self.path) if not name.startswith("."))
        open(os.path.join(self.path, str(os.getpid())), "w").close()
        body = json.dumps({"folder": self.path, "pid": os.getpid(), "before": before}).encode()
        return Response(200, headers=Headers({"Content-Type": "application/json"}), body=body)
"""


@pytest.fixture
def config(tmp_path):
    site = Site(tmp_path / "site")
    site.add("acme-folder", router={"acme/folder@service": "acme_folder:Folder"}, modules={"acme_folder.py": SOURCE})
    plugin = {"instances": {"acme-folder/acme/folder": {"isolation": "inproc"}}}
    with Upstream() as upstream:
        yield written(tmp_path, {
            "plugin": plugin, "extra_config": {"acme/folder": {}}, "endpoints": [endpoint("fine", upstream.port)],
        })  # fmt: skip


def asked(gateway):
    return asyncio.run(ask_once(gateway.port, "/fine/1")).json()


def test_it_is_the_same_through_a_death_and_a_reload_and_gone_at_the_end(config, tmp_path):
    with Gateway(config, site=tmp_path / "site", workers=1) as gateway:
        first = asked(gateway)
        assert (first["before"], Path(first["folder"]).stat().st_mode & 0o777) == ([], 0o700)
        os.kill(first["pid"], signal.SIGKILL)
        gateway.wait_for(lambda: len(gateway.events("worker ready")) == 2, 30)
        second = asked(gateway)
        gateway.process.send_signal(signal.SIGHUP)
        gateway.wait_for(lambda: len(gateway.events("worker ready")) == 3, 30)
        gateway.wait_for(lambda: gateway.events("reload done") or asked(gateway)["pid"] != second["pid"], 30)
        third = asked(gateway)
        assert {first["folder"]} == {second["folder"], third["folder"]}
        assert str(first["pid"]) in second["before"]
        assert {str(first["pid"]), str(second["pid"])} <= set(third["before"])
    assert not Path(first["folder"]).exists()


def test_the_workers_of_another_server_find_the_same_one_too(config, tmp_path):
    answers = []

    def both_have_answered():
        answers.append(asked(gateway))
        return len({told["pid"] for told in answers}) == 2

    with PlainGunicorn(config, site=tmp_path / "site", cwd=tmp_path, KRAKPY_CONFIG=str(config)) as gateway:
        gateway.wait_for(both_have_answered, 30)
    [folder] = {told["folder"] for told in answers}
    shutil.rmtree(folder)
