"""Starts of a gateway up to the first worker, among a stranger's hook, middleware and decoder."""
import pytest

from krakpy.codes import Code
from krakpy.errors import ConfigurationError
from krakpy.extension.preparing import Options, prepare
from krakpy.extension.probe import Verdict

from .services import BACKEND, at_backend, hooked, service

OPEN = {"KRAKPY_ENABLE_PLUGINS": "1"}
INPROC = {"isolation": "inproc"}
#: a module that tells whoever looks that it was imported, by which process
TELLING = """
import os, pathlib
with open(pathlib.Path(__file__).with_name('imported'), 'a') as file:
    print(os.getpid(), file=file)
"""
STRICT = """
from dataclasses import dataclass
from krakpy_sdk import Extension
@dataclass
class Config:
    limit: int = 1
class Hook(Extension[Config]):
    def __init__(self, config, context):
        if config.limit == 13:
            raise ValueError("unlucky")
    def endpoint_request(self, request): ...
    def backend_request(self, request): ...
"""


@pytest.fixture
def strangers(site):
    """A stranger's hook, middleware and decoder; all say when they are imported."""
    site.add("acme-geo", "1.2", hooks={"geo": "acme_geo:Hook"}, modules={"acme_geo.py": TELLING + STRICT})
    site.add("acme-retry", backend={"acme/retry": "acme_retry:Retry"}, modules={"acme_retry.py": TELLING})
    site.add("acme-csv", decoder={"csv": "acme_csv:Csv"}, modules={"acme_csv.py": TELLING})
    return site


@pytest.fixture
def ask(strangers, tmp_path):
    """Prepare a service with these endpoints; keywords are roots of the file, and `options`, `environ`, `examine`."""

    def ask(*endpoints, environ=OPEN, options=None, examine=None, **root):
        settings = service(tmp_path, *endpoints, **{"plugin": {}, **root})
        more = {"examine": examine} if examine else {}
        catalog = strangers.catalog(with_krakpy=True)
        said = None if options is None else Options(**options)
        return prepare(settings, environ=environ, options=said, catalog=catalog, **more)

    return ask


def unprobed(jobs):
    return tuple(Verdict(job.candidate) for job in jobs)


def judging(*problems):
    """Verdicts with these problems for whatever is probed."""
    return lambda jobs: tuple(Verdict(job.candidate, problems) for job in jobs)


def importers(site):
    """The processes that imported what is telling."""
    told = site.path / "imported"
    return [int(pid) for pid in told.read_text().split()] if told.exists() else []


def ids(prepared):
    return [admission.candidate.id for admission in prepared.admissions if admission.candidate.distribution != "krakpy"]


def failures(prepared):
    return {(failure.need.owner, failure.problem.code) for failure in prepared.failures}


def refusal(ask, *endpoints, **words):
    with pytest.raises(ConfigurationError) as error:
        ask(*endpoints, **words)
    return error.value.problems


#: what keeps a gateway from starting, gate by gate
CLOSED = {
    "installed": ({"endpoint": hooked("acme-gone/geo")}, Code.NOT_INSTALLED),
    "the plugin object": ({"plugin": None}, Code.GATE_CLOSED),
    "the environment": ({"environ": {}}, Code.GATE_CLOSED),
    "pattern": ({"plugin": {"pattern": "corp-"}}, Code.NOT_ALLOWED),
    "allow": ({"plugin": {"allow": ["acme-csv/csv"]}}, Code.NOT_ALLOWED),
    "deny": ({"plugin": {"deny": ["acme-geo/geo"]}}, Code.NOT_ALLOWED),
    "inproc": ({"endpoint": at_backend(acme__retry={})}, Code.NEEDS_INPROC),
    "inproc of a driver": ({"endpoint": {"backend": [{**BACKEND, "encoding": "csv"}]}}, Code.NEEDS_INPROC),
    "isolation": ({"plugin": {"instances": {"geo": {"isolation": "venv"}}}}, Code.ISOLATION),
}
