"""`krakpy version`."""
import platform

from krakpy import __version__


def test_the_first_line_is_krakpys_own_version(invoke):
    lines = invoke("version").stdout.splitlines()
    assert lines[0] == f"krakpy {__version__}"
    assert lines[1].startswith(f"Python {platform.python_version()}")


def test_the_object_has_the_versions_of_the_libraries(ask):
    document = ask("version")
    assert document["schema"] == "krakpy.version/1"
    assert document["krakpy"] == __version__
    assert document["libraries"]["gunicorn"][0].isdigit()


def test_a_library_that_is_missing_is_said_to_be():
    from krakpy.cli.version import _installed

    assert _installed("no-such-distribution-at-all") == "not installed"
