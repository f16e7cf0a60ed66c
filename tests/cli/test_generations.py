"""The next generation is what the file says now, unless it would make something worse or needs another master."""
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from krakpy.cli.generations import Configuration, address
from krakpy.config.loading import load
from krakpy.errors import ConfigurationError
from krakpy.extension.preparing import Options
from krakpy.server.generation import Refusal

pytestmark = pytest.mark.usefixtures("clean_loggers", "gates")

INPROC = {"defaults": {"isolation": "inproc"}}
BROKEN = "raise RuntimeError('no')"


@pytest.fixture
def gates(monkeypatch):
    monkeypatch.setenv("KRAKPY_ENABLE_PLUGINS", "1")


def source(path, **options):
    return Configuration(path, options=Options(), **options)


def reloaded(source, running):
    return source.generation(source.read(), running)


@pytest.mark.parametrize(
    ("root", "port", "expected"),
    [
        ({}, None, "0.0.0.0:8080"),
        ({"port": 9000}, None, "0.0.0.0:9000"),
        ({"port": 9000}, 9001, "0.0.0.0:9001"),
        ({"listen_ip": "127.0.0.1"}, 0, "127.0.0.1:8080"),
        ({"listen_ip": "::1"}, None, "[::1]:8080"),
    ],
    ids=["default", "configured", "overruled", "-p 0 is no port", "IPv6"],
)
def test_the_address_is_the_configurations_unless_the_operator_says_otherwise(config, root, port, expected):
    assert address(load(config(**root), {}).settings, port) == expected


def test_the_first_generation_is_the_file(config):
    first = source(config()).first()
    assert first.bind == "0.0.0.0:8080"
    assert first.facts["config"]["digest"].startswith("sha256:")


def test_a_file_that_cannot_be_served_is_no_first_generation(config):
    with pytest.raises(ConfigurationError):
        source(config(prt=1)).first()


def test_the_next_generation_is_the_file_as_it_is_then(config):
    watched = source(config())
    first = watched.first()
    config({"timeout": "1s"})
    following = reloaded(watched, first)
    assert following.facts["config"]["digest"] != first.facts["config"]["digest"]


def test_problems_of_the_file_refuse_it_with_all_of_them(config):
    watched = source(config())
    first = watched.first()
    config(prt=1, timeut=1)
    with pytest.raises(Refusal) as refused:
        reloaded(watched, first)
    assert {problem.place for problem in refused.value.problems} == {"prt", "timeut"}


@pytest.mark.parametrize("change", [{"port": 9000}, {"listen_ip": "127.0.0.1"}], ids=["port", "address"])
def test_another_address_is_refused_by_name(config, change):
    watched = source(config())
    first = watched.first()
    config(**change)
    with pytest.raises(Refusal, match="KR002 port: a reload cannot listen on"):
        reloaded(watched, first)


def test_a_port_of_the_command_line_makes_the_files_irrelevant(config):
    watched = source(config(), port=9000)
    first = watched.first()
    config(port=9001)
    assert reloaded(watched, first).bind == "0.0.0.0:9000"


def test_an_extension_that_breaks_refuses_a_reload(config, site, using):
    site.install("acme-geo", BROKEN, hooks={"geo": "Geo"})
    watched = source(config())
    first = watched.first()
    config(using("geo"), plugin=INPROC)
    with pytest.raises(Refusal, match="KX020"):
        reloaded(watched, first)


def test_one_that_was_broken_before_refuses_nothing(config, site, using):
    site.install("acme-geo", BROKEN, hooks={"geo": "Geo"})
    watched = source(config(using("geo"), plugin=INPROC))
    first = watched.first()
    following = reloaded(watched, first)
    assert following.facts["extensions"][0]["state"] == "refused"
    assert following.rehearse is not None


def test_what_is_adopted_is_what_the_next_one_is_compared_with(config, site, using):
    site.install("acme-geo", BROKEN, hooks={"geo": "Geo"})
    path = config(using("geo"), plugin=INPROC)
    watched = source(path)
    broken, first = Path(path).read_text(), watched.first()
    config(plugin=INPROC)
    mended = reloaded(watched, first)
    Path(path).write_text(broken)
    assert reloaded(watched, first), "not adopted yet"
    mended.adopt()
    with pytest.raises(Refusal, match="KX020"):
        reloaded(watched, mended)


def test_an_upgrade_of_krakpy_itself_refuses_it(config, monkeypatch):
    watched = source(config())
    first = watched.first()
    monkeypatch.setattr("importlib.metadata.version", lambda _: "99.0")
    with pytest.raises(Refusal, match="KR002"):
        reloaded(watched, first)


def test_what_a_child_sends_is_data(config):
    assert pickle.loads(source(config(prt=1)).read())[0].code.id == "KC003"


def test_krakpys_own_parts_are_imported_before_a_worker_is_and_nobody_elses(config, site, using):
    """So that one that is started after an upgrade on disk is of one version with its master."""
    site.install("acme-geo", hooks={"geo": "Geo"})
    path = config(using("geo"), plugin=INPROC)
    code = (
        "import os, sys\n"
        "from krakpy.cli.generations import Configuration\n"
        "from krakpy.extension.preparing import Options\n"
        f"Configuration({path!r}, options=Options()).first()\n"
        "names = ('krakpy.backend.formatting', 'krakpy.encoding.json_renderer', 'acme_geo')\n"
        "print([name for name in names if name in sys.modules])\n"
    )
    environ = {**os.environ, "PYTHONPATH": str(site.folder)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environ)
    assert done.stdout == "['krakpy.backend.formatting', 'krakpy.encoding.json_renderer']\n"
