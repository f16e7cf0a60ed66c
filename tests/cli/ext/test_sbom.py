"""`krakpy ext sbom` lists everything that extensions are made of, in a form that other tools read."""
import json
from importlib.util import find_spec
from pathlib import Path

import jsonschema
import pytest
from referencing import Registry, Resource

from krakpy import __version__


@pytest.fixture(scope="module")
def schema():
    """CycloneDX 1.6 as it is published."""
    found = find_spec("cyclonedx.schema")
    assert found is not None
    assert found.origin is not None
    folder = Path(found.origin).parent / "_res"
    names = ("spdx", "jsf-0.82", "bom-1.6")
    read = {name: json.loads((folder / f"{name}.SNAPSHOT.schema.json").read_text()) for name in names}
    resources = [(schema["$id"], Resource.from_contents(schema)) for schema in read.values()]
    return jsonschema.Draft7Validator(read["bom-1.6"], registry=Registry().with_resources(resources))


def component(document, name):
    (found,) = [each for each in document["components"] if each["name"] == name]
    return found


def test_the_document_is_valid_cyclonedx(invoke, geo, schema):
    document = json.loads(invoke("ext", "sbom").stdout)
    assert [error.message for error in schema.iter_errors(document)] == []


def test_an_extension_is_linked_to_what_it_needs_and_the_gateway_to_it(ask, geo):
    document = ask("ext", "sbom")["bom"]
    edges = {each["ref"]: each["dependsOn"] for each in document["dependencies"]}
    assert "pkg:pypi/acme-geo@1.0.0" in edges["gateway"]
    assert edges["pkg:pypi/acme-geo@1.0.0"] == ["pkg:pypi/acme-db@1.0.0"]
    assert edges["pkg:pypi/acme-db@1.0.0"] == []
    assert f"pkg:pypi/krakpy@{__version__}" in edges


def test_a_distribution_says_what_it_offers_and_has_the_digest_of_the_lock(ask, geo, tmp_path):
    found = component(ask("ext", "sbom")["bom"], "acme-geo")
    properties = {each["name"]: each["value"] for each in found["properties"]}
    ask("ext", "lock", "-o", str(tmp_path / "krakpy.lock"))
    lock = json.loads((tmp_path / "krakpy.lock").read_text())
    assert properties == {
        "krakpy:extension": "acme-geo/geo (krakpy.hooks.v1)",
        "krakpy:record": lock["distributions"]["acme-geo"]["record"],
    }


@pytest.mark.parametrize(
    ("lines", "licences"),
    [
        (["License-Expression: Apache-2.0"], [{"expression": "Apache-2.0"}]),
        (["License: BSD"], [{"license": {"name": "BSD"}}]),
        (["License: UNKNOWN", "Classifier: License :: OSI Approved :: ISC"], [{"license": {"name": "ISC"}}]),
        ([], None),
    ],
    ids=["an expression", "a name", "a classifier", "nothing"],
)
def test_a_licence_is_as_the_metadata_say(ask, installed, lines, licences):
    metadata = "\n".join(["Metadata-Version: 2.4", "Name: acme-geo", "Version: 1.0.0", *lines, ""]).encode()
    installed.add("acme-geo", hooks={"geo": "acme_geo:Hook"}, metadata=metadata)
    assert component(ask("ext", "sbom")["bom"], "acme-geo").get("licenses") == licences


def test_where_it_came_from_is_told(ask, geo, schema):
    (geo.parent / "acme_geo-1.0.0.dist-info/direct_url.json").write_text('{"url": "https://acme.test/acme_geo.whl"}')
    document = ask("ext", "sbom")["bom"]
    assert component(document, "acme-geo")["externalReferences"] == [
        {"type": "distribution", "url": "https://acme.test/acme_geo.whl"}
    ]


def test_the_same_installation_gives_the_same_document(invoke, geo):
    assert invoke("ext", "sbom").stdout == invoke("ext", "sbom").stdout


def test_with_a_configuration_only_what_it_uses_is_listed(ask, geo, installed, config, using):
    installed.add("acme-far", hooks={"far": "acme_far:Hook"})
    document = ask("ext", "sbom", "-c", config(using("geo"), plugin={}))["bom"]
    names = {each["name"] for each in document["components"]}
    assert "acme-geo" in names
    assert "acme-far" not in names


def test_what_is_not_installed_ends_with_status_1_and_the_document_is_there(invoke, config, using, tmp_path):
    result = invoke("ext", "sbom", "-c", config(using("gone"), plugin={}), "-o", str(tmp_path / "bom.json"))
    assert (result.exit_code, "KX001" in result.stderr) == (1, True)
    assert json.loads((tmp_path / "bom.json").read_text())["bomFormat"] == "CycloneDX"
