"""A host is a process of its own that sees little, may do little, and whose words are records of the log."""
import asyncio
import json
import os
import pwd
import signal

import pytest
from krakpy_sdk import Reply

from krakpy.config.model_plugin import HostLimits
from krakpy.extension.host_process import environment
from krakpy.extension.remote_errors import HostDown

from .hosted import asking, hosted, instance_of

SOURCE = '''
import os, resource, socket, sys, threading, time
from krakpy_sdk import *

class Geo(Extension):
    def setup(self, context):
        print("hello")
        print("beware", file=sys.stderr)
        context.log.warning("set up at %s", context.endpoint)

    def endpoint_request(self, request):
        return Reply(200, json=SAYS[request.path[1:]]())

    async def http_request(self, request):
        return Reply(200, json=SAYS[request.path[1:]]())

def nothing():
    return None

def soft(kind):
    return resource.getrlimit(kind)[0]

def bomb():
    try:
        return len(bytearray(3 * 1024 ** 3))
    except MemoryError:
        return "MemoryError"

def descriptors():
    return sorted(int(name) for name in os.listdir("/proc/self/fd"))

def stdin():
    return sys.stdin.read()

SAYS = {
    "environ": lambda: dict(os.environ),
    "cwd": os.getcwd,
    "limits": lambda: [soft(resource.RLIMIT_AS), soft(resource.RLIMIT_NOFILE), soft(resource.RLIMIT_CORE)],
    "bomb": bomb,
    "session": lambda: os.getsid(0) == os.getpid(),
    "user": lambda: [os.getuid(), os.getgid(), os.getgroups()],
    "parent": lambda: (os.kill(os.getppid(), 0), "allowed")[1],
    "new privileges": lambda: [l for l in open("/proc/self/status") if l.startswith("NoNewPrivs")][0].split()[1],
    "stdin": stdin,
    "write": lambda: open("here", "w").write("x"),
    "flood": lambda: len([print("x" * 100) for _ in range(20000)]),
}
'''
_SETUP = SOURCE[SOURCE.index("def setup") : SOURCE.index("    def endpoint_request")]
UNBUILT = SOURCE.replace(_SETUP, "def __init__(self, *_): raise KeyError\n")


async def says(host, what, name="endpoint_request"):
    calls = host.calls()
    try:
        result = await host.hook(calls).call(name)(asking(what), None)
    finally:
        calls.close()
    assert isinstance(result, Reply)
    return json.loads(result.body)


def test_little_of_the_environment_is_seen():
    gateway = {"PATH": "/bin", "TZ": "UTC", "HOME": "/root", "PYTHONPATH": "/x", "SECRET": "s", "REGION": "eu"}
    seen = environment(("REGION", "GONE"), gateway, "/tmp/own")
    assert seen == {"PATH": "/bin", "TZ": "UTC", "REGION": "eu", "HOME": "/tmp/own", "TMPDIR": "/tmp/own"}


async def test_a_host_has_a_session_a_folder_and_limits_of_its_own(site, monkeypatch):
    monkeypatch.setenv("KRAKPY_SECRET", "s")
    limits = HostLimits(memory_mb=1024, files=64)
    async with hosted(site, SOURCE, limits=limits) as host:
        assert await says(host, "session") is True
        assert "KRAKPY_SECRET" not in await says(host, "environ")
        assert await says(host, "limits") == [1024 * 2**20, 64, 0]
        assert await says(host, "bomb") == "MemoryError"
        assert await says(host, "new privileges") == "1"
        assert await says(host, "stdin") == ""
        folder = await says(host, "cwd")
        assert os.stat(folder).st_mode & 0o777 == 0o700
        await says(host, "write")
    assert not os.path.exists(folder)


async def test_what_a_host_prints_and_logs_is_told_with_its_distribution_and_instance(site, events):
    async with hosted(site, SOURCE) as host:
        await host.until(lambda: {"hello", "beware", "set up at /a"} <= {message for _, message, _ in events.told})
        assert {(level, message) for level, message, _ in events.told} >= {
            ("INFO", "hello"), ("WARNING", "beware"), ("WARNING", "set up at /a"),
        }  # fmt: skip
        for message, stream in (("hello", "stdout"), ("beware", "stderr"), ("set up", None)):
            fields = events.fields(message)
            assert (fields["distribution"], fields["instance"], fields.get("stream")) == ("acme-geo", "geo", stream)


async def test_a_flood_of_output_is_dropped_and_counted(site, events):
    async with hosted(site, SOURCE) as host:
        await says(host, "flood")
        await host.until(lambda: any("records are dropped" in message for _, message, _ in events.told))
        assert len(events) < 15000


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")
async def test_a_host_that_is_somebody_else_cannot_touch_the_gateway(site):
    site.path.chmod(0o755)
    for folder in list(site.path.parents)[:3]:
        folder.chmod(folder.stat().st_mode | 0o055)
    nobody = pwd.getpwnam("nobody")
    async with hosted(site, SOURCE, user="nobody") as host:
        assert await says(host, "user") == [nobody.pw_uid, nobody.pw_gid, []]
        calls = host.calls()
        with pytest.raises(Exception, match="Operation not permitted"):
            await host.hook(calls).call("endpoint_request")(asking("parent"), None)
        calls.close()
        await says(host, "write")


async def test_a_user_that_does_not_exist_is_told(site):
    with pytest.raises(OSError, match="there is no user 'acme-nobody'"):
        async with hosted(site, SOURCE, user="acme-nobody"):
            pass


async def test_what_a_host_has_started_ends_with_it(site):
    source = SOURCE + "\nimport subprocess\nSAYS['child'] = lambda: subprocess.Popen(['sleep', '600']).pid\n"
    async with hosted(site, source) as host:
        child = await says(host, "child")
    async with asyncio.timeout(20):
        while is_running(child):
            await asyncio.sleep(0.01)


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().split()[2] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize(
    ("source", "config", "code", "text"),
    [
        ("raise ValueError('no')", None, "IMPORT_RAISED", "import: ValueError: no, at "),
        ("import sys; sys.exit(0)", None, "IMPORT_RAISED", "import: SystemExit: 0, at "),
        ("Geo = 5", None, "WRONG_KIND", "a hook is a class"),
        (SOURCE.replace('print("hello")', "raise SystemExit(3)"), None, "SETUP", "setup: SystemExit: 3, at "),
        (SOURCE, {"a": 1}, "SETTINGS", "takes no settings"),
        (UNBUILT, None, "CONSTRUCTION", "construction: KeyError, at "),
    ],
    ids=["import", "import exits", "an int", "setup", "settings", "construction"],
)
async def test_why_a_host_cannot_serve_is_reported(site, source, config, code, text):
    async with hosted(site, source, instances=[instance_of(config)]) as host:
        told = host.report("unusable")
        assert told["code"] == code
        assert text in told["text"]
        assert await host.process.ended() == 78


async def test_one_instance_that_cannot_be_set_up_leaves_the_others(site):
    source = SOURCE.replace('print("hello")', 'if context.endpoint == "/b": raise ValueError("no")')
    instances = [instance_of(), instance_of(place="endpoints[1].x.geo", endpoint="/b")]
    async with hosted(site, source, instances=instances) as host:
        [(place, (code, text))] = host.report("ready")["problems"].items()
        assert (place, code, "setup: ValueError: no" in text) == ("endpoints[1].x.geo", "SETUP", True)
        calls = host.calls()
        request = asking("session")
        assert isinstance(await calls.ask(0, "endpoint_request", request, None, ""), Reply)
        with pytest.raises(HostDown, match="setup: ValueError: no") as down:
            await calls.ask(1, "endpoint_request", request, None, "")
        assert down.value.code.name == "SETUP"
        calls.close()


async def test_a_host_that_is_asked_to_leave_ends_in_good_order(site, events):
    source = SOURCE.replace("    def setup", "    def teardown(self): print('bye')\n\n    def setup")
    async with hosted(site, source) as host:
        host.process.leave(5)
        assert await host.process.ended() == 0
        assert "bye" in [message for _, message, _ in events.told]


async def test_a_host_whose_supervisor_is_gone_ends(site):
    async with hosted(site, SOURCE) as host:
        host.process._process.stdin.close()
        assert await host.process.ended() == 0


async def test_a_host_that_is_killed_says_by_what(site):
    async with hosted(site, SOURCE) as host:
        os.kill(host.process.pid, signal.SIGSEGV)
        assert await host.process.ended() == -signal.SIGSEGV
