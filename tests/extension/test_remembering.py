"""With a lock, an extension is tried again only where something differs."""
import json
from dataclasses import replace

import pytest

from krakpy.cli.ext.locking import plan_lock
from krakpy.extension.jobs import jobs_of
from krakpy.extension.lock import Lock, read_lock
from krakpy.extension.pinning import pinned
from krakpy.extension.preparing import plan, prepare
from krakpy.extension.probe import Instance, Verdict, probe
from krakpy.extension.remembering import digest_of, examined, remembered

from .services import at_backend, hooked, service
from .starts import OPEN

MIDDLEWARE = """
class Mw:
    def __init__(self, settings, next):
        self._next = next
    async def __call__(self, request, receive=None, send=None):
        return await self._next(request)
"""


@pytest.fixture
def asked(strangers, tmp_path):
    """The jobs of a service that lists the geo hook with these settings."""

    def jobs(*before, **geo):
        settings = service(tmp_path, *before, hooked("geo", geo=geo), plugin={})
        planned, _ = plan(settings, environ=OPEN, catalog=strangers.catalog(with_krakpy=True))
        jobs = jobs_of(planned.admissions, settings.plugin, planned.offers())
        return [job for job in jobs if job.candidate.name == "geo"]

    return jobs


@pytest.fixture
def lock(asked, tmp_path):
    """The lock of that service, written and read again."""
    jobs = asked(limit=2)
    made, problems = pinned(jobs, probe(jobs))
    assert problems == ()
    (tmp_path / "krakpy.lock").write_text(made.text)
    return read_lock(str(tmp_path / "krakpy.lock"))


def test_the_verdict_is_the_one_that_the_probe_gave(asked, lock):
    (job,) = asked(limit=2)
    (probed,) = probe([job])
    verdict = remembered(lock, job)
    assert verdict is not None
    assert (verdict.hooks, verdict.takes, verdict.paths, verdict.wants_body, verdict.is_safe, verdict.summary) == (
        probed.hooks, probed.takes, probed.paths, probed.wants_body, probed.is_safe, probed.summary
    )  # fmt: skip


def test_other_settings_are_tried(asked, lock):
    (job,) = asked(limit=3)
    assert remembered(lock, job) is None


def test_the_place_of_an_endpoint_does_not_matter_to_its_hooks():
    places = [Instance(place, "geo", "hook", {"limit": 2}) for place in ("endpoints[0].x", "endpoints[7].x")]
    assert digest_of(places[0], {}) == digest_of(places[1], {})


def test_a_secret_cannot_be_guessed_from_the_lock():
    uses = [Instance("", "geo", "hook", {"api_key": secret}) for secret in ("hunter2", "letmein")]
    assert digest_of(uses[0], {}) == digest_of(uses[1], {})


@pytest.mark.parametrize("change", [{"env": ("TOKEN",)}, {"offers": {"store": {}}}], ids=["variables", "drivers"])
def test_other_surroundings_are_tried(asked, lock, change):
    (job,) = asked(limit=2)
    assert remembered(lock, replace(job, **change)) is None


@pytest.mark.parametrize("family", ["backend", "server"])
def test_a_middleware_is_remembered_as_the_command_line_locked_it(site, tmp_path, family):
    site.add("acme-mw", modules={"acme_mw.py": MIDDLEWARE}, **{family: {"acme/mw": "acme_mw:Mw"}})
    inproc = {"defaults": {"isolation": "inproc"}, "lock": "krakpy.lock"}
    everywhere: dict = {"extra_config": {"acme/mw": {}}} if family == "server" else {}
    endpoint = {} if everywhere else at_backend(acme__mw={})
    settings = service(tmp_path, endpoint, plugin=inproc, **everywhere)
    catalog = site.catalog(with_krakpy=True)
    locked = plan_lock(settings, catalog)
    assert locked.problems == ()
    (tmp_path / "krakpy.lock").write_text(locked.lock.text)
    examined_jobs = []

    def examine(jobs):
        examined_jobs.extend(jobs)
        return probe(examined_jobs)

    prepare(settings, environ=OPEN, catalog=catalog, examine=examine)
    assert [job.candidate.id for job in examined_jobs if not job.candidate.is_first_party] == []


@pytest.mark.parametrize("change", [{"outcome": "warned"}, {"where": "python 3.9"}, {"uses": []}], ids=str)
def test_elsewhere_and_after_a_warning_it_is_tried(asked, lock, change, tmp_path):
    document = json.loads(lock.text)
    document["distributions"]["acme-geo"]["extensions"]["krakpy.hooks.v1/geo"]["probe"] |= change
    (tmp_path / "krakpy.lock").write_text(json.dumps(document))
    (job,) = asked(limit=2)
    assert remembered(read_lock(str(tmp_path / "krakpy.lock")), job) is None


def test_only_what_is_not_remembered_is_examined_and_the_order_stays(asked, lock, strangers, tmp_path):
    (known,), (unknown,) = asked(limit=2), asked(limit=3)
    settings = service(tmp_path, plugin={"lock": "krakpy.lock"})
    examined_jobs = []

    def examine(jobs):
        examined_jobs.extend(jobs)
        return tuple(Verdict(job.candidate, summary="examined") for job in examined_jobs)

    verdicts = examined(settings.plugin, [unknown, known, unknown], examine)
    assert examined_jobs == [unknown, unknown]
    assert [verdict.summary for verdict in verdicts] == ["examined", "", "examined"]


def test_without_a_lock_everything_is_examined(asked, tmp_path):
    jobs = asked(limit=2)
    plugins = [None, service(tmp_path, plugin={}).plugin, service(tmp_path, plugin={"lock": "gone.lock"}).plugin]
    for plugin in plugins:
        assert len(examined(plugin, jobs, lambda jobs: tuple(Verdict(job.candidate) for job in jobs))) == 1


def test_what_is_not_in_the_lock_is_tried(asked):
    (job,) = asked(limit=2)
    assert remembered(Lock(), job) is None
