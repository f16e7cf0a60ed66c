"""Who may look at the documents of an object is known before any document is there."""
from dataclasses import replace
from types import SimpleNamespace

import pytest

from krakpy.extension.catalog import read_catalog
from krakpy.extension.declared import Look, paths_of
from krakpy.extension.gates import Admission
from krakpy.extension.needs import Need
from krakpy.extension.policy import Policy
from krakpy.extension.readers import FAMILIES, Reader, Readers
from krakpy.extension.seating import is_step

from .instances import candidate

PLACE = SimpleNamespace(place="endpoints[0]", is_there=True)
NO_STEPS: dict[str, dict[str, tuple[str, ...]]] = {"endpoint": {}, "backend": {}}


def admission(family, *hooks, owner=PLACE, is_first_party=False):
    need = Need((family,), "geo", f"{owner.place}.x", owner, hooks=hooks)
    return Admission(need, replace(candidate(family=family), is_first_party=is_first_party), Policy())


LOOK = Look(("a",), ("endpoint_response",))


def found(seat, *admissions, look=LOOK, steps=NO_STEPS):
    return list(Readers(admissions, steps, lambda _: look)(seat, PLACE))


LOOKS = [Reader("acme-geo/geo", ("a",))]


@pytest.mark.parametrize(
    ("seat", "family"),
    [("endpoint", "endpoint"), ("endpoint", "merger"), ("endpoint", "renderer"), ("backend", "backend")],
)
def test_who_is_given_documents_reads_what_it_declares(seat, family):
    assert found(seat, admission(family)) == LOOKS
    assert found(seat, admission(family), look=Look(None)) == [Reader("acme-geo/geo", None)]


@pytest.mark.parametrize("family", ["server", "router", "client", "discovery"])
def test_who_is_given_none_reads_none(family):
    assert not any(found(seat, admission(family)) for seat in FAMILIES)


def test_what_an_object_does_not_ask_for_is_not_its_reader():
    other = admission("endpoint", owner=SimpleNamespace(place="endpoints[1]"))
    assert found("endpoint", other, admission("backend")) == []


@pytest.mark.parametrize(
    ("called", "has", "looks"),
    [
        (("endpoint_request", "endpoint_response", "log"), ("endpoint_response",), True),
        (("endpoint_request", "endpoint_response", "log"), ("endpoint_request", "log"), True),
        (("endpoint_request", "endpoint_response", "log"), ("endpoint_request",), False),
        (("backend_request", "backend_response"), ("endpoint_response", "backend_request"), False),
        (("backend_request", "backend_response"), ("backend_response",), True),
        (("execute",), ("execute", "backend_response"), False),
    ],
)
def test_a_hook_is_a_reader_where_one_of_its_methods_is_given_a_document(called, has, looks):
    assert found("endpoint", admission("hooks", *called), look=Look(("a",), has)) == (LOOKS if looks else [])


def test_a_decoder_that_opens_everything_reads_everything():
    assert found("backend", admission("decoder", is_first_party=True), look=Look(()))[0].paths == ()
    assert found("backend", admission("decoder", is_first_party=True), look=Look(None))[0].paths is None
    assert found("backend", admission("decoder"), look=Look(()))[0].paths is None


def test_what_will_never_be_called_reads_nothing():
    assert found("endpoint", admission("endpoint"), look=None) == []


class Step:
    @classmethod
    def applies_to(cls, settings):
        return settings.is_there


def test_steps_of_our_own_are_readers_where_they_apply():
    absent = type("Absent", (), {"applies_to": classmethod(lambda cls, settings: not settings.is_there), "paths": ()})
    steps = {"endpoint": {"krakpy/step": Step, "krakpy/absent": absent, "krakpy/plugin/listed": Step}, "backend": {}}
    assert found("endpoint", steps=steps) == [Reader("krakpy/step", None)]


OWN = [
    candidate
    for candidate in read_catalog().candidates
    if candidate.distribution == "krakpy" and candidate.family in ("endpoint", "backend", "merger")
]


@pytest.mark.parametrize("candidate", OWN, ids=lambda candidate: f"{candidate.family} {candidate.name}")
def test_everything_of_our_own_declares_what_it_looks_at(candidate):
    assert paths_of(candidate.entry_point.load()) == ()


def test_there_are_steps_of_our_own():
    assert any(is_step(candidate.id) for candidate in OWN)
