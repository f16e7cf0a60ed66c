"""Names that KrakenD does not know are taken for what it takes them for, and are warned of."""
import pytest

from krakpy.codes import Code
from krakpy.extension.gates import Gates
from krakpy.extension.needs import needs_of
from krakpy.extension.preparing import plan
from krakpy.extension.unknown_names import as_krakend_reads
from tests.distributions import Site

from .services import BACKEND, service


@pytest.fixture
def read(tmp_path):
    """What is left of an endpoint's names, by family, and the warnings."""
    site = Site(tmp_path / "site")
    site.add("acme-csv", decoder={"csv": "acme_csv:Csv"})
    catalog = site.catalog(with_krakpy=True)

    def read(endpoint, **root):
        settings = service(tmp_path, endpoint, **root)
        needs, warnings = as_krakend_reads(needs_of(settings)[0], Gates(catalog, settings.plugin, {}))
        return {need.families[0]: need.name for need in needs}, warnings

    return read


def at(**keys):
    return {"backend": [{**BACKEND, **keys}]}


@pytest.mark.parametrize(
    ("endpoint", "family", "name", "place"),
    [
        (at(encoding="nonsense"), "decoder", "json", "endpoints[0].backend[0].encoding"),
        (at(encoding="YAML"), "decoder", "json", "endpoints[0].backend[0].encoding"),
        (at(sd="consul"), "discovery", "static", "endpoints[0].backend[0].sd"),
        ({"output_encoding": "nonsense"}, "renderer", "json", "endpoints[0].output_encoding"),
        ({"output_encoding": "XML"}, "renderer", "json", "endpoints[0].output_encoding"),
        ({"output_encoding": "STRING", **at(encoding="string")}, "renderer", "string", "endpoints[0].output_encoding"),
        ({"output_encoding": "x", **at(encoding="safejson")}, "renderer", "json", "endpoints[0].output_encoding"),
        (
            {"output_encoding": "x", "backend": [{**BACKEND, "encoding": "string"}] * 2},
            "renderer", "json", "endpoints[0].output_encoding",
        ),
    ],
    ids=[
        "encoding", "encoding of Enterprise", "discovery", "output", "case counts", "the only backend's encoding",
        "which cannot be written", "several backends",
    ],
)
def test_an_unknown_name_is_taken_for_a_known_one(read, endpoint, family, name, place):
    names, (warning,) = read(endpoint)
    assert names[family] == name
    assert (warning.place, warning.severity) == (place, "warning")
    assert warning.message.endswith(f"; taken for {name!r}, as KrakenD does")


@pytest.mark.parametrize(
    ("encoding", "code", "remedy"),
    [
        ("sefejson", Code.UNKNOWN_NAME, "did you mean 'safejson'?"),
        ("cvs", Code.UNKNOWN_NAME, "did you mean 'csv'?"),
        ("yaml", Code.ENTERPRISE, Code.ENTERPRISE.remedy),
    ],
)
def test_the_warning_says_what_it_may_have_been(read, encoding, code, remedy):
    _, (warning,) = read(at(encoding=encoding))
    assert (warning.code, warning.advice) == (code, remedy)


BROUGHT = ["json", "fast-json", "safejson", "string", "csv", "xml", "rss", "acme-csv/csv", "acme-gone/csv"]


@pytest.mark.parametrize("name", BROUGHT)
def test_a_name_that_a_package_brings_stays(read, name):
    names, warnings = read(at(encoding=name))
    assert (names["decoder"], warnings) == (name, ())


def test_a_name_of_the_operator_stays(read):
    names, warnings = read(at(encoding="mine"), plugin={"instances": {"mine": {"from": "acme-gone/csv"}}})
    assert (names["decoder"], warnings) == ("mine", ())


def test_names_of_other_kinds_stay(read):
    names, warnings = read({"extra_config": {"proxy": {"strategy": "zip"}}, "backend": [BACKEND, BACKEND]})
    assert (names["merger"], warnings) == ("zip", ())


def test_the_gateway_starts_and_says_so(tmp_path):
    settings = service(tmp_path, at(encoding="nonsense"))
    planned, refused = plan(settings, environ={}, catalog=Site(tmp_path / "site").catalog(with_krakpy=True))
    assert refused == []
    assert [warning.place for warning in planned.warnings] == ["endpoints[0].backend[0].encoding"]
    assert "krakpy/json" in [admission.candidate.id for admission in planned.admissions]
