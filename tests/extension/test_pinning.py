"""The making of a lock: what is installed and what a probe found, or why that cannot be pinned."""
import pytest

from krakpy.codes import Code
from krakpy.errors import Problem
from krakpy.extension.pinning import pinned
from krakpy.extension.probe import Job, Verdict, probe

SOURCE = '''
from dataclasses import dataclass
from krakpy_sdk import Extension

@dataclass
class Config:
    limit: int = 1

class Hook(Extension[Config]):
    """Counts."""
    is_safe = True
    def endpoint_request(self, request): ...
'''


@pytest.fixture
def made(site):
    """The lock of everything in the folder; with `probed`, after a probe."""

    def made(*, probed=False):
        jobs = [Job(candidate) for candidate in site.catalog().candidates]
        return pinned(jobs, probe(jobs) if probed else [Verdict(job.candidate) for job in jobs])

    return made


@pytest.fixture
def geo(site):
    site.add("acme-geo", hooks={"geo": "acme_geo:Hook"}, modules={"acme_geo.py": SOURCE})
    return site.path / "acme_geo-1.0.0.dist-info"


def test_what_a_class_says_of_itself_is_written_down(made, geo):
    lock, problems = made(probed=True)
    entry = lock.distributions["acme-geo"]
    extension = entry.extensions["krakpy.hooks.v1/geo"]
    assert (problems, entry.version, entry.record[:7]) == ((), "1.0.0", "sha256:")
    assert extension.facts == {
        "hooks": ["endpoint_request"],
        "is_safe": True,
        "summary": "Counts.",
        "takes": {"endpoint_request": ["request"]},
    }
    assert extension.settings["properties"] == {"limit": {"type": "integer", "default": 1}}
    assert extension.probe.outcome == "good"


def test_the_same_installation_gives_the_same_text(made, geo):
    assert made(probed=True)[0].text == made(probed=True)[0].text


def test_a_warning_is_remembered_as_one(site, geo):
    (candidate,) = site.catalog().candidates
    slow = Problem(Code.SLOW_IMPORT, "", "slow", severity="warning")
    lock, _ = pinned([Job(candidate)], [Verdict(candidate, warnings=(slow,))])
    assert lock.distributions["acme-geo"].extensions["krakpy.hooks.v1/geo"].probe.outcome == "warned"


def test_needs_are_pinned_too(site, made):
    site.add("acme-geo", hooks={"geo": "acme_geo:Hook"}, requires=("acme-db",), modules={"acme_geo.py": SOURCE})
    site.add("acme-db", "2.1", modules={"acme_db.py": ""})
    needs = made()[0].distributions["acme-geo"].needs
    assert {name: need.version for name, need in needs.items()} == {"acme-db": "2.1"}


def test_what_fails_its_probe_is_a_problem(site, made):
    site.add("acme-geo", hooks={"geo": "acme_geo:Hook"}, modules={"acme_geo.py": "1/0"})
    assert [problem.code for problem in made(probed=True)[1]] == [Code.IMPORT_RAISED]


def test_what_is_not_as_it_was_installed_is_a_problem(site, made, geo):
    (site.path / "acme_geo.py").write_text(SOURCE + "# later")
    (problem,) = made()[1]
    assert (problem.code, "acme_geo.py has changed" in problem.message) == (Code.ALTERED, True)


def test_what_has_no_record_is_a_problem(made, geo):
    (geo / "RECORD").unlink()
    assert [problem.code for problem in made()[1]] == [Code.UNPINNED]


def test_an_editable_installation_is_listed_without_a_digest(made, geo):
    (geo / "direct_url.json").write_text('{"dir_info": {"editable": true}}')
    entry = made()[0].distributions["acme-geo"]
    assert (entry.editable, entry.record) == (True, "")


def test_an_editable_need_cannot_be_pinned(site, made):
    site.add("acme-geo", hooks={"geo": "acme_geo:Hook"}, requires=("acme-db",), modules={"acme_geo.py": SOURCE})
    site.add("acme-db", modules={"acme_db.py": ""})
    (site.path / "acme_db-1.0.0.dist-info/direct_url.json").write_text('{"dir_info": {"editable": true}}')
    assert [problem.code for problem in made()[1]] == [Code.UNPINNED]
