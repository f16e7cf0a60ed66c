"""What a command imports: nothing that it does not use, since every start pays for it.

Times are measured elsewhere (`python -m benchmarks.large`); this is what keeps them from growing unseen.
"""
import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif("coverage" in sys.modules, reason="measuring coverage imports modules of its own")

COMMAND = """
import sys
from krakpy.cli.main import main

try:
    main(sys.argv[1:], prog_name="krakpy")
except SystemExit as ended:
    assert not ended.code, ended.code
sys.stderr.write("\\n" + " ".join(sys.modules))
"""
#: all that a worker imports, before the extensions of others
WORKER = """
import asyncio, sys
from krakpy.cli.run import run
from krakpy.cli.serving import start
from krakpy.config.loading import load
from krakpy.extension.preparing import prepare
from krakpy.gateway import Gateway

async def opened():
    gateway = Gateway(prepare(load(sys.argv[1], {}).settings, environ={}))
    await gateway.open()
    await gateway.close()

asyncio.run(opened())
sys.stderr.write("\\n" + " ".join(sys.modules))
"""
#: what only tells people about the gateway, or reads what nobody wrote
NEVER = {"rich", "yaml", "tomllib", "jsonschema", "markdown_it", "pygments", "pkg_resources", "setuptools", "unittest"}
#: what serves, and what reads configurations
SERVING = {"gunicorn", "uvloop", "httptools", "falcon", "stevedore"}
READING = {"msgspec", "asyncio", "ssl", "multiprocessing", "krakpy.config", "krakpy.extension", "krakpy.gateway"}


def imported(code: str, *words: str) -> set[str]:
    """The modules that a process has in the end."""
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines()[-1].split())


@pytest.fixture
def path(tmp_path):
    backend = {"url_pattern": "/x", "host": ["http://up.test"]}
    path = tmp_path / "krakend.json"
    path.write_text(json.dumps({"version": 3, "endpoints": [{"endpoint": "/a", "backend": [backend]}]}))
    return str(path)


@pytest.mark.parametrize("words", [["version"], ["--help"], ["run", "--help"], ["check", "--help"]], ids=" ".join)
def test_who_asks_for_words_alone_waits_for_nothing_else(words):
    assert not imported(COMMAND, *words) & (NEVER | SERVING | READING)


def test_a_check_imports_nothing_that_serves(path):
    assert not imported(COMMAND, "check", "-c", path) & (NEVER | SERVING | {"krakpy.gateway"})


def test_a_worker_imports_nothing_that_it_does_not_need(path):
    assert not imported(WORKER, path) & NEVER
