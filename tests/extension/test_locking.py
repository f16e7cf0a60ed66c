"""The gate of a lock: nothing of third parties is imported that is unlisted or altered."""
import json
import shutil

import pytest

from krakpy.codes import Code
from krakpy.extension.locking import BrokenLock, gate_of, version_of
from krakpy.extension.pinning import pinned
from krakpy.extension.probe import Job, Verdict
from tests.distributions import HOOK

from .services import hooked
from .starts import importers, refusal

#: what the hook needs; one of them nobody has installed
NEEDS = ("acme-db", "acme-late")


class Locked:
    """A lock of the geo hook of the strangers as they were, and what becomes of a service that names it."""

    def __init__(self, path, ask):
        self.path = path
        self.ask = ask

    def __call__(self, name="geo"):
        """Why a service that lists the hook does not start."""
        return refusal(self.ask, hooked(name), plugin={"lock": str(self.path)})

    def loads(self, **plugin):
        """What is prepared where nothing is in the way."""
        return self.ask(hooked("geo"), plugin={"lock": str(self.path), **plugin})


@pytest.fixture
def locked(site, strangers, tmp_path, ask):
    """The lock of what is installed now: the hook, and what it needs."""
    source = (site.path / "acme_geo.py").read_text()
    site.add("acme-db", modules={"acme_db.py": "x = 1\n"}, requires=())
    site.add("acme-geo", "1.2", hooks={"geo": "acme_geo:Hook", "far": "acme_geo:Hook"}, requires=NEEDS,
             modules={"acme_geo.py": source})  # fmt: skip
    jobs = [Job(candidate) for candidate in strangers.catalog().find(("hooks",), "geo")]
    lock, problems = pinned(jobs, [Verdict(job.candidate) for job in jobs])
    assert problems == ()
    (tmp_path / "krakpy.lock").write_text(lock.text)
    return Locked(tmp_path / "krakpy.lock", ask)


def test_what_is_as_locked_loads(locked):
    prepared = locked.loads()
    assert "acme-geo/geo" in {admission.candidate.id for admission in prepared.admissions}
    assert prepared.failures == ()


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("acme_geo.py", "import os\n", "acme_geo.py has changed"),
        ("acme_db.py", "x = 2\n", "acme_db.py has changed"),
        ("acme_geo-1.2.dist-info/entry_points.txt", "[krakpy.hooks.v1]\ngeo = os:system\n", "points.txt has changed"),
    ],
    ids=["its code", "the code of what it needs", "where its entry point leads"],
)
def test_what_was_altered_keeps_the_gateway_from_starting_and_is_not_imported(site, locked, file, text, said):
    (site.path / file).write_text(text)
    (problem,) = locked()
    assert (problem.code, importers(site)) == (Code.ALTERED, [])
    assert said in problem.message
    assert problem.place.endswith(".geo")
    assert problem.remedy.startswith("pip install --force-reinstall --no-deps acme-")


def test_another_build_of_the_same_version_is_altered(site, locked):
    site.add("acme-geo", "1.2", hooks={"geo": "acme_geo:Hook"}, modules={"acme_geo.py": HOOK}, requires=NEEDS)
    (problem,) = locked()
    assert problem.code is Code.ALTERED
    assert "another build" in problem.message


def test_an_extension_of_a_locked_distribution_that_is_not_listed_is_refused(locked):
    (problem,) = locked("far")
    assert (problem.code, "acme-geo/far" in problem.message) == (Code.UNLISTED, True)


def test_a_need_that_was_installed_later_is_refused(site, locked):
    site.add("acme-late", requires=())
    (problem,) = locked()
    assert (problem.code, "needs acme-late" in problem.message) == (Code.UNLISTED, True)


def test_a_need_that_is_gone_is_refused(site, locked):
    shutil.rmtree(site.path / "acme_db-1.0.0.dist-info")
    (problem,) = locked()
    assert (problem.code, "acme-db, which acme-geo needs, is not installed" in problem.message) == (Code.ALTERED, True)


def test_another_version_is_told_by_both_numbers(site, locked):
    shutil.rmtree(site.path / "acme_db-1.0.0.dist-info")
    site.add("acme-db", "1.1", modules={"acme_db.py": "x = 1\n"}, requires=())
    (problem,) = locked()
    assert problem.message == "acme-db 1.1 is installed, and 1.0.0 is locked"


def test_what_is_switched_off_is_not_compared(site, locked):
    (site.path / "acme_geo.py").write_text("import os\n")
    assert locked.loads(instances={"geo": {"mode": "off"}}).failures == ()


def test_with_a_lock_that_cannot_be_read_nothing_of_third_parties_loads(site, locked):
    locked.path.write_text("{")
    (problem,) = locked()
    assert (problem.code, importers(site)) == (Code.LOCK, [])


def test_with_leniency_its_endpoints_answer_503(site, locked, ask):
    (site.path / "acme_geo.py").write_text("import os\n")
    prepared = ask(hooked("geo"), plugin={"lock": str(locked.path)}, options={"ignore_missing": True})
    assert [failure.problem.code for failure in prepared.failures] == [Code.ALTERED]
    assert importers(site) == []


def test_an_editable_installation_that_was_locked_by_name_may_change(site, locked):
    lock = json.loads(locked.path.read_text())
    lock["distributions"]["acme-geo"] |= {"record": "", "editable": True}
    locked.path.write_text(json.dumps(lock))
    (problem,) = locked()
    assert "in another way" in problem.message
    (site.path / "acme_geo-1.2.dist-info/direct_url.json").write_text('{"dir_info": {"editable": true}}')
    (site.path / "acme_geo.py").write_text(HOOK)
    assert locked.loads().failures == ()


def test_without_a_lock_there_is_no_gate():
    assert gate_of(None) is None


def test_a_version_is_told_by_the_folder(tmp_path):
    assert version_of(tmp_path / "acme_geo-1.2.dist-info") == "1.2"


def test_a_broken_lock_lets_nobody_in(site):
    site.add("acme-geo", hooks={"geo": "acme_geo:Hook"})
    (candidate,) = site.catalog().candidates
    assert BrokenLock("torn").refusal(candidate).code is Code.LOCK
