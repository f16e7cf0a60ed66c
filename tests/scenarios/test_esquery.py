"""KrakenD's first plugin story again: a stranger's modifier from a wheel, an unmodified file, and Elasticsearch."""
from __future__ import annotations

import json
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.gateways import environment, free_port, written

from .elastic import Elastic, fault
from .test_wheel import Environment, Served, pip

EXAMPLE = Path(__file__).parents[2] / "extensions" / "examples" / "acme-martian-esquery"
#: as the announcement had it
PLUGIN = {"folder": "./plugins/", "pattern": ".so"}
NAMESPACES = ("modifier/martian", "github.com/devopsfaith/krakend-martian")
BROKEN = 'raise RuntimeError("no licence: set ACME_LICENCE")\n'


def built(folder: Path, **changes: str) -> Path:
    """The wheel of the example as its author would upload it, with these files changed."""
    source = shutil.copytree(EXAMPLE, folder / "source")
    files = {"module": source / "src/acme_martian_esquery/__init__.py", "project": source / "pyproject.toml"}
    for name, content in changes.items():
        files[name].write_text(content)
    pip("wheel", "--no-index", "--no-deps", "--no-build-isolation", "-w", folder, source)
    [wheel] = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheels(tmp_path_factory) -> dict[str, Path]:
    """The package, a release of it that is broken, and another distribution that offers the same modifier."""
    project = (EXAMPLE / "pyproject.toml").read_text("utf-8")
    rival = project.replace('name = "acme-martian-esquery"', 'name = "corp-esquery"')
    broken = {"module": BROKEN, "project": project.replace("1.0.0", "1.0.1")}
    changes: dict[str, dict[str, str]] = {"good": {}, "broken": broken, "rival": {"project": rival}}
    return {name: built(tmp_path_factory.mktemp(name), **changed) for name, changed in changes.items()}


@pytest.fixture(scope="module")
def venv(tmp_path_factory) -> Environment:
    return Environment(tmp_path_factory.mktemp("operator") / "venv")


@pytest.fixture
def install(venv, wheels) -> Iterator[Any]:
    """Installs wheels by name; they are gone afterwards."""
    words = ("install", "--no-index", "--no-deps", "--force-reinstall")
    yield lambda *names: venv.pip(*words, *(wheels[name] for name in names))
    venv.pip("uninstall", "-y", "acme-martian-esquery", "corp-esquery")


@pytest.fixture
def elastic() -> Iterator[Elastic]:
    with Elastic() as elastic:
        yield elastic


def endpoint(path: str, port: int, **backend: Any) -> dict[str, Any]:
    asked = {"host": [f"http://127.0.0.1:{port}"], "url_pattern": "/shop/_search", "method": "POST", **backend}
    return {"endpoint": path, "input_query_strings": ["foo", "bar", "size"], "backend": [asked]}


@pytest.fixture
def config(tmp_path, elastic) -> Path:
    """The announcement's objects, unmodified, in both spellings; and an endpoint that has nothing to do with it."""
    settings = {"body.ESQuery": {"scope": ["request"], "keys": ["foo", "bar"]}}
    routes = [
        endpoint(f"/{number}", elastic.port, method="GET", extra_config={namespace: settings})
        for number, namespace in enumerate(NAMESPACES)
    ]
    everything = {"contentType": "application/json", "body": b64encode(b'{"query": {"match_all": {}}}').decode()}
    fine = endpoint("/fine", elastic.port, extra_config={"modifier/martian": {"body.Modifier": everything}})
    return written(tmp_path, {"plugin": PLUGIN, "endpoints": [*routes, fine]})


GATES = {"KRAKPY_ENABLE_PLUGINS": "1", "KRAKPY_INPROC_PLUGINS": "acme-martian-esquery"}


def run(venv: Environment, config: Path, **environ: str) -> Served:
    port = free_port()
    command = [str(venv.python), "-m", "krakpy", "run", "-c", str(config), "-p", str(port), "--workers", "2"]
    return Served(command, port, config.parent, environment(None, **environ))


def doctor(venv: Environment, config: Path) -> str:
    command = [str(venv.python), "-m", "krakpy", "ext", "doctor", "-c", str(config)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env=environment(None, **GATES))
    assert ran.returncode != 0, ran.stdout
    return " ".join((ran.stdout + ran.stderr).split())


def test_the_upstream_gets_the_query(venv, install, config, elastic):
    install("good")
    with run(venv, config, **GATES) as gateway:
        for path in ("/0", "/1"):
            assert gateway.get(f"{path}?foo=1&size=3").json() == {"hits": {"total": 1}}
            assert gateway.get(f"{path}?foo=1&bar=b%20c").status == 200
    both = {"bool": {"must": [{"match": {"bar": "b c"}}, {"match": {"foo": "1"}}]}}
    asked = [("/shop/_search?size=3", {"match": {"foo": "1"}}), ("/shop/_search", both)] * 2
    assert [(search.target, search.body["query"]) for search in elastic.searches] == asked
    assert {search.content_type for search in elastic.searches} == {"application/json; charset=UTF-8"}


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({}, "KRAKPY_ENABLE_PLUGINS is not set"),
        ({"KRAKPY_ENABLE_PLUGINS": "1"}, "acme-martian-esquery/body.ESQuery is a third-party driver"),
    ],
    ids=["the environment's gate", "consent to run in workers"],
)
def test_it_does_not_start_before_the_operator_has_opened_the_gates(venv, install, config, environ, told):
    install("good")
    assert told in run(venv, config, **environ).refusal()


def test_without_the_package_it_does_not_start(venv, config):
    told = run(venv, config, **GATES).refusal()
    assert "no installed package offers the martian driver 'body.ESQuery'" in told
    assert "endpoints[0].backend[0].extra_config.modifier/martian.body.ESQuery" in told


def test_a_broken_release_costs_its_endpoints_alone_and_the_doctor_says_what_to_do(venv, install, config, elastic):
    install("broken")
    with run(venv, config, **GATES) as gateway:
        assert [gateway.get(path).status for path in ("/0?foo=1", "/1?foo=1", "/fine")] == [503, 503, 200]
        assert "acme-martian-esquery 1.0.1" in gateway.log.read_text()
    told = doctor(venv, config)
    assert "KX020" in told
    assert "no licence: set ACME_LICENCE" in told
    assert "pip install" in told


def test_a_second_distribution_with_the_same_modifier_is_refused_and_both_are_named(venv, install, config):
    install("good", "rival")
    both = "offered by acme-martian-esquery/body.ESQuery and by corp-esquery/body.ESQuery"
    environ = {**GATES, "KRAKPY_INPROC_PLUGINS": "acme-martian-esquery,corp-esquery"}
    assert both in " ".join(run(venv, config, **environ).refusal().split())
    assert both in doctor(venv, config)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"match": {"foo": "1"}}, ""),
        ({"match": {"foo": "1", "bar": "2"}}, "doesn't support multiple fields"),
        ({"bool": {"must": [{"match": {"foo": "1"}}, {"match": {}}]}}, "No text specified"),
        ({"match_all": {}}, ""),
        ({"matches": {}}, "unknown query"),
    ],
    ids=json.dumps,
)
def test_the_recording_upstream_knows_the_language(query, said):
    assert said in fault(query)
    assert bool(fault(query)) is bool(said)
