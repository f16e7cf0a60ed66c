"""The demo's gateway, as far as it is not a process."""
import socket

from krakpy.cli.demo.gateway import Answer, environment, free_port


def test_an_answer_that_is_no_json_has_no_document():
    assert Answer(200, {}, "[1]").document == [1]
    assert Answer(404, {}, "404 page not found").document is None


def test_a_free_port_can_be_listened_on():
    socket.create_server(("127.0.0.1", free_port())).close()


def test_it_finds_the_extensions_before_what_was_on_the_path(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/before")
    assert environment(tmp_path)["PYTHONPATH"] == f"{tmp_path}:/before"


def test_its_gate_is_open_whatever_the_caller_says(tmp_path, monkeypatch):
    monkeypatch.setenv("KRAKPY_ENABLE_PLUGINS", "")
    assert environment(tmp_path)["KRAKPY_ENABLE_PLUGINS"] == "1"
