"""The gateway says its name and version, to clients only as far as they may know it."""
from krakpy import __version__
from krakpy.config.model import Router
from krakpy.router.signature import AGENT, signed, version_field


def test_clients_are_told_the_version():
    assert version_field(Router()) == (b"x-krakend", f"Version {__version__}".encode())


def test_the_version_can_be_hidden_from_clients():
    assert version_field(Router(hide_version_header=True)) == (b"x-krakend", b"Version undefined")


def test_upstreams_are_told_name_and_version():
    assert ["krakpy Version", __version__] == AGENT.rsplit(" ", 1)


def test_clients_are_told_whether_the_answer_is_complete():
    assert [signed(Router(), is_complete=state)[1] for state in (True, False)] == [
        (b"x-krakend-completed", b"true"), (b"x-krakend-completed", b"false"),
    ]  # fmt: skip
