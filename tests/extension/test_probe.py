"""A spawned child tries what no worker may import untried; whatever becomes of it is a verdict."""
import os
import signal
import time
from pathlib import Path

import pytest

from krakpy.codes import Code
from krakpy.extension.probe import OUTPUT_BYTES, Instance, Verdict, probe

from .probing import PATIENCE_S

#: for what hangs
DEADLINE_S = 0.8

IMPORTS = {
    "X-01 exception": ("raise ValueError('no data')", Code.IMPORT_RAISED, "ValueError: no data, at {file}:1"),
    "X-02 SyntaxError": ("def :", Code.IMPORT_RAISED, "SyntaxError: invalid syntax (acme_bad.py, line 1), at {file}:1"),
    "X-03 missing module": ("import acme_gone", Code.MODULE_MISSING, "No module named 'acme_gone', at {file}:1"),
    "X-04 assert": ("assert 1 == 2", Code.IMPORT_RAISED, "AssertionError, at {file}:1"),
    "X-05 sys.exit": ("import sys; sys.exit(0)", Code.IMPORT_EXITED, "the import raised SystemExit: 0, at {file}:1"),
    "X-06 KeyboardInterrupt": ("raise KeyboardInterrupt", Code.IMPORT_RAISED, "KeyboardInterrupt, at {file}:1"),
    "X-06 GeneratorExit": ("raise GeneratorExit", Code.IMPORT_RAISED, "GeneratorExit, at {file}:1"),
    "X-06 BaseException": ("class Odd(BaseException): ...\nraise Odd", Code.IMPORT_RAISED, "Odd, at {file}:2"),
    "X-07 os._exit(0)": ("import os; os._exit(0)", Code.IMPORT_EXITED, "the process with exit status 0"),
    "X-07 os._exit(3)": ("import os; os._exit(3)", Code.IMPORT_EXITED, "the process with exit status 3"),
    "X-08 segfault": ("import ctypes; ctypes.string_at(0)", Code.KILLED, "the import was killed by SIGSEGV"),
    "X-08 abort": ("import os; os.abort()", Code.KILLED, "the import was killed by SIGABRT"),
    "X-08 a realtime signal": ("import os; os.kill(os.getpid(), 40)", Code.KILLED, "was killed by signal 40"),
    "X-09 hang": ("import time; time.sleep(60)", Code.TIMED_OUT, "the import did not come back within 0.8 s"),
    "X-09 busy loop": ("while True: pass", Code.TIMED_OUT, "the import did not come back within 0.8 s"),
    "X-09 hang that wants no end": (
        "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(60)",
        Code.TIMED_OUT, "within 0.8 s",
    ),
    "X-11 memory bomb": ("x = bytearray(10 * 1024 ** 3)", Code.MEMORY, "the import raised MemoryError, at {file}:1"),
    "X-11 memory bomb in pieces": ("x = []\nwhile 1: x.append(bytearray(2**24))", Code.MEMORY, "MemoryError, at "),
    "X-12 recursion": ("def f(): f()\nf()", Code.IMPORT_RAISED, "RecursionError: maximum recursion depth"),
    "X-12 circular import": ("from acme_bad import Hook", Code.IMPORT_RAISED, "partially initialized module"),
    "X-30 descriptors closed": ("import os; os.closerange(3, 256)", Code.IMPORT_EXITED, "exit status 1"),
}  # fmt: skip


def status_of(pid):
    """State and parent of a process, as Linux has them; nothing if it is gone."""
    try:
        state, parent, *_ = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return state, int(parent)


def children():
    pids = [path.name for path in Path("/proc").iterdir() if path.name.isdigit()]
    return [pid for pid in pids if (found := status_of(pid)) and found[1] == os.getpid()]


def has_ended(pid, within_s):
    """Whether a process that is not ours is gone, or only waits for whoever inherited it."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        found = status_of(pid)
        if found is None or found[0] == "Z":
            return True
    return False


def test_a_good_extension_is_told_with_what_it_has(examine):
    [verdict] = examine("print('hello')")
    assert verdict.is_good
    assert (verdict.hooks, verdict.output, verdict.warnings) == (("endpoint_request",), "hello\n", ())
    assert 0 < verdict.import_s < 1


@pytest.mark.parametrize(("source", "code", "said"), IMPORTS.values(), ids=IMPORTS)
def test_an_import_that_fails_is_a_verdict_with_a_stable_code(examine, site, source, code, said):
    [verdict] = examine(source, deadline_s=DEADLINE_S if code is Code.TIMED_OUT else PATIENCE_S)
    [problem] = verdict.problems
    assert not verdict.is_good
    assert (problem.code, problem.place) == (code, "acme-bad/bad")
    assert problem.message.startswith("acme-bad 1.2 (bad): ")
    assert said.format(file=site.path / "acme_bad.py") in problem.message
    assert problem.advice
    assert children() == []


def test_a_missing_module_is_told_with_the_command_that_gets_it(examine):
    [verdict] = examine("import acme_gone")
    assert verdict.problems[0].advice == "pip install the distribution that has the module 'acme_gone'"


@pytest.mark.parametrize(
    ("entry", "code", "said"),
    [
        ("acme_gone:Hook", Code.BAD_ENTRY_POINT, "the entry point acme_gone:Hook leads nowhere"),
        ("acme_bad:Gone", Code.BAD_ENTRY_POINT, "the entry point acme_bad:Gone leads nowhere"),
        ("acme_bad:ANSWER", Code.WRONG_KIND, "a hook is a class, not int"),
        ("acme_bad:Extension", Code.UNKNOWN_HOOK, "Extension has none of the hooks"),
        ("acme_bad:Asking", Code.SIGNATURE, "endpoint_request asks for user; it is offered request"),
    ],
    ids=["X-38 missing module", "X-38 missing attribute", "X-39 an int", "X-39 no hook", "another signature"],
)
def test_an_entry_point_that_is_not_what_its_group_holds_is_told(examine, entry, code, said):
    asking = "class Asking(Extension):\n def endpoint_request(self, user): ..."
    source = f"ANSWER = 42\nfrom krakpy_sdk import Extension\n{asking}"
    [verdict] = examine(source, entry=entry)
    assert [(problem.code, said in problem.message) for problem in verdict.problems] == [(code, True)]


def test_a_slow_import_is_good_and_warned_of(examine):
    [verdict] = examine("import time; time.sleep(1.05)")
    assert verdict.is_good
    [warning] = verdict.warnings
    assert (warning.code, warning.severity) == (Code.SLOW_IMPORT, "warning")
    assert "acme-bad 1.2 (bad): the import took 1." in warning.message


CONSTRUCTOR = """
import ctypes, os, time
class Acting:
    def __init__(self, config, context):
        {"exit": lambda: os._exit(4), "crash": lambda: ctypes.string_at(0), "hang": lambda: time.sleep(60),
         "good": lambda: None, "raise": lambda: {}["key"]}[context.name]()
        self.config, self.context = config, context
"""


@pytest.mark.parametrize(
    ("behaviour", "code", "said"),
    [
        ("exit", Code.IMPORT_EXITED, "the construction ended the process with exit status 4"),
        ("crash", Code.KILLED, "the construction was killed by SIGSEGV"),
        ("hang", Code.TIMED_OUT, "the construction did not come back within 0.8 s"),
    ],
)
def test_a_construction_that_ends_the_child_condemns_what_was_not_tried_after_it(site, examine, behaviour, code, said):
    names = ["good", behaviour, "good"]
    uses = [Instance(f"endpoints[{number}].x", name, "hook") for number, name in enumerate(names)]
    source = f"{CONSTRUCTOR}\nfrom krakpy_sdk import Extension\nclass Built(Acting, Extension):\n def log(self): ..."
    deadline_s = DEADLINE_S if behaviour == "hang" else PATIENCE_S
    [verdict] = examine(source, entry="acme_bad:Built", instances=uses, deadline_s=deadline_s)
    told = {problem.place: (problem.code, problem.message) for problem in verdict.problems}
    assert set(told) == {"endpoints[1].x", "endpoints[2].x"}
    assert told["endpoints[1].x"] == (code, f"acme-bad 1.2 (bad, instance {', '.join(sorted({*names}))}): {said}")
    assert told["endpoints[2].x"][1].endswith(f"{said} at endpoints[1].x, and this one was not tried")


def test_a_construction_that_raises_is_told_at_its_place(examine, site):
    source = f"{CONSTRUCTOR}\nfrom krakpy_sdk import Extension\nclass Built(Acting, Extension):\n def log(self): ..."
    [verdict] = examine(source, entry="acme_bad:Built", instances=[Instance("endpoints[0].x", "raise", "hook")])
    [problem] = verdict.problems
    assert (problem.code, problem.place) == (Code.CONSTRUCTION, "endpoints[0].x")
    assert f"the construction raised KeyError: 'key', at {site.path}/acme_bad.py:" in problem.message


def test_children_run_side_by_side_and_answer_in_order(examine):
    started = time.monotonic()
    verdicts = examine(*["import time; time.sleep(60)"] * 4, deadline_s=DEADLINE_S)
    assert time.monotonic() - started < 2 * DEADLINE_S
    assert [verdict.candidate.name for verdict in verdicts] == ["bad", "bad1", "bad2", "bad3"]


def test_one_that_fails_says_nothing_about_the_others(examine):
    verdicts = examine("import os; os._exit(3)", "", "raise SystemExit", "")
    assert [verdict.is_good for verdict in verdicts] == [False, True, False, True]


def test_the_end_of_what_it_prints_is_kept(examine):
    [verdict] = examine(f"import sys\nprint('x' * {OUTPUT_BYTES})\nprint('the end', file=sys.stderr)\nraise ValueError")
    assert len(verdict.output) == OUTPUT_BYTES
    assert verdict.output.endswith("the end\n")


def test_it_cannot_fill_the_disk(examine):
    [verdict] = examine("while True: print('x' * 10**6)")
    assert verdict.problems[0].code is Code.IMPORT_RAISED
    assert "OSError: [Errno 27] File too large" in verdict.problems[0].message


def test_its_standard_input_is_empty(examine):
    assert examine("import sys; assert sys.stdin.read() == ''")[0].is_good


def test_what_it_leaves_behind_is_ended(examine):
    source = "import os, time\npid = os.fork()\nif not pid: time.sleep(60)\nprint(pid)"
    [verdict] = examine(source)
    assert verdict.is_good
    assert has_ended(int(verdict.output), within_s=2)


def test_a_grandchild_that_holds_the_pipe_delays_nothing(examine):
    started = time.monotonic()
    [verdict] = examine("import os, time\nif not os.fork(): time.sleep(60)\nos._exit(5)")
    assert time.monotonic() - started < 10
    assert "exit status 5" in verdict.problems[0].message


def test_garbage_in_every_descriptor_is_not_heard(examine):
    source = "import os\nfor fd in range(3, 64):\n try: os.write(fd, b'{]\\n[]\\n')\n except OSError: pass"
    assert examine(source)[0].is_good


def test_a_thread_that_never_ends_does_not_keep_it(examine):
    source = "import threading, time; threading.Thread(target=time.sleep, args=(60,)).start()"
    assert examine(source)[0].is_good


def test_a_large_job_for_a_child_that_does_not_read_it_is_no_trap(examine, monkeypatch, tmp_path):
    (tmp_path / "ctypes.py").write_text("import time; time.sleep(60)")
    monkeypatch.syspath_prepend(str(tmp_path))
    uses = [Instance(f"endpoints[{number}].x", "bad", "hook", {"text": "x" * 1000}) for number in range(500)]
    [verdict] = examine("", instances=uses, deadline_s=DEADLINE_S)
    [problem] = verdict.problems
    assert (problem.code, problem.place) == (Code.TIMED_OUT, "acme-bad/bad")


def test_a_child_that_cannot_start_is_told_with_what_it_said(examine, monkeypatch, tmp_path):
    (tmp_path / "json").mkdir()
    (tmp_path / "json" / "__init__.py").write_text("raise ImportError('not the json that you want')")
    monkeypatch.syspath_prepend(str(tmp_path))
    [verdict] = examine("")
    assert verdict.problems[0].code is Code.IMPORT_EXITED
    assert "the import could not be tried: ImportError: not the json that you want" in verdict.problems[0].message


def test_the_current_folder_is_not_imported_from(examine, monkeypatch, tmp_path):
    for name in ("json", "logging", "acme_geo"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('shadowed')")
    monkeypatch.chdir(tmp_path)
    assert examine("import json, logging")[0].is_good


def test_a_child_that_somebody_else_reaps_is_a_verdict_too(examine):
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        [good, bad] = examine("", "import os; os._exit(3)")
    finally:
        signal.signal(signal.SIGCHLD, before)
    assert (good.is_good, bad.problems[0].code) == (True, Code.IMPORT_EXITED)


def test_nothing_to_probe_spawns_nothing():
    assert probe([]) == ()


def test_no_descriptor_is_left_open(examine):
    examine("")
    before = len(os.listdir("/proc/self/fd"))
    examine("", "import os; os._exit(3)", "import time; time.sleep(60)", deadline_s=DEADLINE_S)
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_verdict_without_problems_is_good(site):
    site.add("acme", hooks={"geo": "a:B"})
    [candidate] = site.catalog().candidates
    assert Verdict(candidate).is_good
