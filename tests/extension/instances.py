"""Instances of extensions as the manager hands them to the seats, without installing anything."""
from importlib.metadata import EntryPoint

from krakpy_sdk import Extension

from krakpy.extension.catalog import Candidate
from krakpy.extension.contracts import CONTRACTS
from krakpy.extension.guard import Guard, LiveHook
from krakpy.extension.policy import Policy


def candidate(id="acme-geo/geo", family="hooks", version="1.2.0"):
    distribution, _, name = id.partition("/")
    return Candidate(distribution, version, family, 1, name, EntryPoint(name, "acme_geo:Geo", CONTRACTS[family].group))


def guard(**policy):
    """A guard of an instance `geo` at an endpoint, with this policy."""
    return Guard("geo", candidate(), "endpoints[0].x.geo", Policy(**policy))


def hook(policy=None, /, **members):
    """A live hook with these methods and attributes."""
    return LiveHook(type("Geo", (Extension,), members)(), guard(**(policy or {})))
