"""A stranger's extension: built as a wheel, pip-installed into a new environment, and seen at work on real answers."""
from __future__ import annotations

import asyncio
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.extensions import endpoint
from tests.faults.gateways import environment, free_port, written
from tests.faults.strict_client import Answer, ask_once
from tests.faults.upstream import Upstream

ACME_GEO = Path(__file__).parents[2] / "extensions" / "examples" / "acme-geo"
WORKERS = 2
SETTINGS = {"networks": {"127.0.0.0/8": "NO"}, "data_path": "country"}


def pip(*arguments: object) -> str:
    """Run pip, which asks nobody but this machine."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, arguments)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


class Environment:
    """A new virtual environment that has krakpy, and nothing of a stranger's."""

    def __init__(self, folder: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
        self.python = folder / "bin" / "python"
        [site] = folder.glob("lib/python*/site-packages")
        # what is installed here is seen there, editable installations too: nothing is fetched
        (site / "here.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")

    def pip(self, *arguments: object) -> str:
        return pip("--python", self.python, *arguments)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The example package as its author would upload it."""
    folder = tmp_path_factory.mktemp("author")
    source = shutil.copytree(ACME_GEO, folder / "acme-geo")
    pip("wheel", "--no-index", "--no-deps", "--no-build-isolation", "-w", folder, source)
    [built] = folder.glob("acme_geo-*.whl")
    return built


@pytest.fixture(scope="module")
def venv(tmp_path_factory) -> Environment:
    return Environment(tmp_path_factory.mktemp("operator") / "venv")


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with Upstream() as upstream:
        yield upstream


@pytest.fixture
def config(tmp_path, upstream) -> Path:
    """One endpoint that uses the extension, and one that does not."""
    routes = [endpoint("geo", upstream.port, ["acme-geo/geo"]), endpoint("fine", upstream.port)]
    routes[0]["extra_config"]["plugin/req-resp-modifier"]["acme-geo/geo"] = SETTINGS
    return written(tmp_path, {"plugin": {}, "endpoints": routes})


class Served:
    """A gateway that some command starts."""

    def __init__(self, command: list[str], port: int, folder: Path, environ: dict[str, str]) -> None:
        self.port = port
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, env=environ)

    def __enter__(self) -> Served:
        deadline = time.monotonic() + 20
        while not self._is_up():
            assert time.monotonic() < deadline, self.log.read_text()
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)

    def _is_up(self) -> bool:
        # NOTE: gunicorn's own worker forgets a SIGTERM that comes before it listens
        log = self.log.read_text()
        return log.count("ASGI server listening") + log.count("worker ready") == WORKERS

    def get(self, path: str) -> Answer:
        return asyncio.run(ask_once(self.port, path))

    def refusal(self) -> str:
        """What it says when it does not start."""
        assert self.process.wait(20) != 0
        return self.log.read_text()


def krakpy_run(venv: Environment, config: Path, *, ignores_missing: bool = False) -> Served:
    port = free_port()
    flags = ["--workers", str(WORKERS), *(["--ignore-missing-plugins"] if ignores_missing else [])]
    command = [str(venv.python), "-m", "krakpy", "run", "-c", str(config), "-p", str(port), *flags]
    return Served(command, port, config.parent, environment(None, KRAKPY_ENABLE_PLUGINS="1"))


def plain_gunicorn(venv: Environment, config: Path, *, ignores_missing: bool = False) -> Served:
    port = free_port()
    flags = {"KRAKPY_IGNORE_MISSING_PLUGINS": "1"} if ignores_missing else {}
    environ = environment(None, KRAKPY_ENABLE_PLUGINS="1", KRAKPY_CONFIG=str(config), **flags)
    bind = ["-b", f"127.0.0.1:{port}", "-w", str(WORKERS), "--no-control-socket"]
    command = [str(venv.python), "-m", "gunicorn", "-k", "asgi", *bind, "krakpy.asgi:app"]
    return Served(command, port, config.parent, environ)


SERVERS = pytest.mark.parametrize("serve", [krakpy_run, plain_gunicorn])


@pytest.fixture
def installed(venv, wheel) -> Iterator[None]:
    venv.pip("install", "--no-index", "--no-deps", wheel)
    yield
    venv.pip("uninstall", "-y", "acme-geo")


@SERVERS
def test_its_effect_is_seen_on_the_answer(venv, installed, config, serve):
    with serve(venv, config) as gateway:
        assert gateway.get("/geo/1").json() == {"nonce": "1", "country": "NO"}
        assert gateway.get("/fine/2").json() == {"nonce": "2"}


@SERVERS
def test_without_it_the_gateway_refuses_to_start_and_names_the_package(venv, config, serve):
    told = serve(venv, config).refusal()
    assert "no installed package offers the hook 'acme-geo/geo'" in told
    assert "pip install acme-geo" in told


@SERVERS
def test_without_it_only_its_endpoint_is_missed_if_the_operator_says_so(venv, config, serve):
    with serve(venv, config, ignores_missing=True) as gateway:
        assert gateway.get("/geo/1").status == 503
        assert gateway.get("/fine/2").json() == {"nonce": "2"}
        assert "no installed package offers the hook 'acme-geo/geo'" in gateway.log.read_text()
