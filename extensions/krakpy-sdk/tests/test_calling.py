"""Hooks are called with what they declare."""
from typing import Any

import pytest
from krakpy_sdk.calling import RETURNS, picked, wanted
from krakpy_sdk.extension import HOOKS

OFFERED = HOOKS["endpoint_response"]


@pytest.mark.parametrize(
    ("method", "names", "given"),
    [
        (lambda request: (request,), ("request",), ("q",)),
        (lambda request, response: (request, response), ("request", "response"), ("q", "p")),
        (lambda response: (response,), ("response",), ("p",)),
        (lambda response, request: (response, request), ("request", "response"), ("p", "q")),
        (lambda **all: tuple(all.values()), ("request", "response"), ("q", "p")),
        (lambda *, response, more=1: (response, more), ("response",), ("p", 1)),
        (lambda: (), (), ()),
    ],
    ids=["request", "both", "response", "the other way round", "any", "keyword", "nothing"],
)
def test_a_hook_is_given_what_it_declares(method, names, given):
    assert wanted(method, OFFERED) == names
    request: Any = "q"
    response: Any = "p"
    assert picked(method, OFFERED)(request, response) == given


def test_it_is_said_of_every_hook_what_it_may_return():
    assert set(RETURNS) == set(HOOKS)
