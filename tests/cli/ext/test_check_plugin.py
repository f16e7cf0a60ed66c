"""`krakpy check-plugin`: KrakenD's command, told of packages."""
import sys

import pytest

from krakpy.cli.ext.compatibility import libc


@pytest.fixture
def found(ask):
    """What does not fit, by name: what is there, and what is wanted."""

    def asked(*words):
        document = ask("check-plugin", *words)
        return {each["name"]: (each["have"], each["want"]) for each in document["incompatibilities"]}

    return asked


def test_what_fits_ends_with_krakends_words(invoke, geo):
    result = invoke("check-plugin", "geo")
    assert (result.exit_code, result.stdout) == (0, "No incompatibilities found!\n")
    assert "acme_geo" not in sys.modules


@pytest.mark.parametrize(
    ("requires", "told"),
    [
        ("krakpy-sdk>=9", {"krakpy-sdk": ">=9"}),
        ("acme-gone>=2", {"acme-gone": ">=2"}),
        ("acme-db<1", {"acme-db": "<1"}),
        ("acme-gone ; python_version < '3'", {}),
        ("no requirement at all", {}),
    ],
    ids=["the sdk", "not installed", "another version", "for another Python", "nonsense"],
)
def test_every_need_is_compared(found, installed, geo, requires, told):
    installed.add("acme-far", hooks={"far": "acme_far:Hook"}, requires=(requires,))
    assert {name: want for name, (_, want) in found("far").items()} == told


def test_the_python_that_is_wanted_is_compared(found, installed):
    metadata = b"Metadata-Version: 2.1\nName: acme-far\nVersion: 1.0.0\nRequires-Python: >=4\n"
    installed.add("acme-far", hooks={"far": "acme_far:Hook"}, metadata=metadata)
    assert found("far")["python"][1] == ">=4"


def test_a_contract_that_is_not_spoken_does_not_fit(found, installed):
    installed.add("acme-far", entry_points={"krakpy.hooks.v2": {"far": "acme_far:Hook"}})
    assert found("far") == {"krakpy.hooks.v2": ("v1", "v2")}


def test_the_commands_that_mend_it_are_printed_if_they_are_asked_for(invoke, installed):
    installed.add("acme-far", hooks={"far": "acme_far:Hook"}, requires=("acme-gone>=2",))
    assert invoke("check-plugin", "far").stdout == (
        "acme-gone\n\thave: not installed\n\twant: >=2\n1 incompatibility found\n"
    )
    result = invoke("check-plugin", "far", "-f")
    assert (result.exit_code, result.stdout) == (1, "pip install 'acme-gone>=2'\n")


def test_the_c_library_is_compared_if_one_is_named(found, geo):
    assert found("geo", "-l", libc()) == {}
    assert found("geo", "-l", f"{libc()}_(debian-12)") == {}
    assert found("geo", "-l", "MUSL-9") == {"libc": (libc(), "MUSL-9")}


def test_what_means_nothing_here_is_accepted_and_said(invoke, geo):
    result = invoke("check-plugin", "geo", "-g", "1.22.5", "-s", "go.sum")
    assert result.exit_code == 0
    assert "not built with Go" in result.stderr
    assert "go.sum says nothing" in result.stderr


def test_a_lock_stands_for_the_go_sum(found, invoke, geo, tmp_path):
    lock = str(tmp_path / "krakpy.lock")
    invoke("ext", "lock", "-o", lock)
    assert found("geo", "-s", lock) == {}
    (geo / "__init__.py").write_text("")
    assert list(found("geo", "-s", lock)) == ["acme-geo"]
    assert invoke("check-plugin", "-s", str(tmp_path / "gone.lock")).exit_code == 2


def test_without_an_id_everybody_is_compared(ask, geo):
    assert "acme-geo/geo" in ask("check-plugin")["checked"]
