"""What a child reports is read, and how it ended if it did not."""
import pytest

from krakpy.cli.ext.children import ChildFailed, reported

CHILD = """
import json, os, sys, time
job = json.loads(sys.stdin.read())
exec(job["does"])
"""


@pytest.fixture
def child(tmp_path, monkeypatch):
    """A module that does what its job says."""
    (tmp_path / "acme_child.py").write_text(CHILD)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return lambda does, deadline_s=30.0: reported({"does": does}, deadline_s=deadline_s, module="acme_child")


def test_a_report_is_what_the_child_wrote_on_its_own_descriptor(child):
    assert child("print('noise'); os.write(int(sys.argv[1]), b'{\"a\": 1}')") == {"a": 1}


@pytest.mark.parametrize(
    ("does", "said"),
    [
        ("os._exit(3)", "exit status 3"),
        ("os.kill(os.getpid(), 9)", "SIGKILL"),
        ("print('so long'); os._exit(0)", "so long"),
        ("os.write(int(sys.argv[1]), b'{')", "exit status 0"),
    ],
    ids=["exits", "is killed", "says why", "half a report"],
)
def test_an_end_without_a_report_is_told(child, does, said):
    with pytest.raises(ChildFailed, match=said):
        child(does)


def test_a_child_that_hangs_is_ended(child):
    with pytest.raises(ChildFailed, match=r"within 0\.2 s"):
        child("time.sleep(600)", deadline_s=0.2)
