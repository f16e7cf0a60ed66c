"""The child of a probe sees what the extension will see; what an import does to its process is told."""
import pytest

from krakpy.codes import Code

SECRETS = """import os
print(sorted({'PATH', 'SECRET', 'TOKEN', 'PYTHONPATH'} & set(os.environ)), os.environ.get('HOME'))"""


@pytest.mark.parametrize(
    ("env", "seen"),
    [
        pytest.param((), "['PATH']", id="hosted"),
        pytest.param(("TOKEN",), "['PATH', 'TOKEN']", id="hosted, with a variable"),
        pytest.param(None, "['PATH', 'PYTHONPATH', 'SECRET', 'TOKEN']", id="in a worker"),
    ],
)
def test_a_child_sees_the_environment_that_the_extension_will_see(examine, monkeypatch, env, seen):
    for name in ("SECRET", "TOKEN", "PYTHONPATH"):
        monkeypatch.setenv(name, "x")
    [verdict] = examine(SECRETS, env=env)
    assert verdict.output.startswith(seen)
    assert env is None or "krakpy-probe-" in verdict.output


DISTURBING = {
    Code.SIGNALS: ("import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)", "handles signals: SIGTERM"),
    Code.ROOT_LOGGER: ("import logging\nlogging.basicConfig()", "changes the root logger: handlers"),
    Code.LOOP_POLICY: (
        "import asyncio\nclass Own(asyncio.DefaultEventLoopPolicy): pass\nasyncio.set_event_loop_policy(Own())",
        "sets another event-loop policy: Own",
    ),
    Code.PATCHED: ("import json\njson.dumps = lambda *_: ''", "replaces parts of Python's own library: json.dumps"),
    Code.THREADS: (
        "import threading, time\nthreading.Thread(target=time.sleep, args=(9,), daemon=True, name='geo').start()",
        "starts threads: geo",
    ),
    Code.IMPORT_PATH: ("import sys\nsys.path.insert(0, '/opt/geo')", "changes sys.path: /opt/geo"),
    Code.ENVIRONMENT: ("import os\nos.environ['GEO'] = 'secret'", "changes environment variables: GEO"),
}


def test_what_an_import_disturbs_is_a_warning_with_a_code_of_its_own(examine):
    verdicts = examine(*(source for source, _ in DISTURBING.values()))
    for (code, (_, said)), verdict in zip(DISTURBING.items(), verdicts, strict=True):
        assert verdict.is_good
        [warning] = verdict.warnings
        assert (warning.code, warning.severity) == (code, "warning")
        assert warning.message.endswith(said)


def test_an_import_of_a_lot_disturbs_nothing(examine):
    modules = "concurrent.futures", "falcon", "http.client", "msgspec", "multiprocessing", "sqlite3", "ssl", "uvloop"
    assert examine(f"import {', '.join(modules)}")[0].warnings == ()
