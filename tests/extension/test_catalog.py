"""What is installed is read from metadata alone, and a package that cannot be read costs nobody anything."""
import time
from importlib.metadata import Distribution, distributions

import pytest

from krakpy.codes import Code
from krakpy.extension.catalog import known_packages, read_catalog
from tests.distributions import Site

BINARY = bytes(range(256))
MALFORMED = {
    "X-40 not UTF-8": b"[krakpy.hooks.v1]\nbroken = \xff\xfe:X\n",
    "X-40 a line without =": b"[krakpy.hooks.v1]\nbroken\n",
    "X-40 a line before any section": b"broken = a:B\n[krakpy.hooks.v1]\n",
    "X-40 binary": BINARY,
    "X-40 a version that is no number for Python": b"[krakpy.hooks.v" + b"9" * 5000 + b"]\nbroken = a:B\n",
}
ODD_METADATA = {
    "X-41 missing": b"",
    "X-41 binary": BINARY,
    "X-41 without a name": b"Metadata-Version: 2.1\n",
    "X-41 a version that is none": b"Metadata-Version: 2.1\nName: acme-odd\nVersion: one point two\n",
    "X-41 cut off": b"Metadata-Ver",
}


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path / "site")


def ids(catalog):
    return [candidate.id for candidate in catalog.candidates]


def test_every_extension_is_found_with_what_its_package_says(site):
    site.add("Acme_Geo", "1.2", hooks={"geo": "acme_geo:Geo"}, requires=("krakpy-sdk>=1.0,<2", "requests"))
    [found] = site.catalog().candidates
    assert (found.id, found.version, found.family, found.major) == ("acme-geo/geo", "1.2", "hooks", 1)
    assert (found.target, found.is_first_party) == ("acme_geo:Geo", False)
    assert found.requires == ("krakpy-sdk>=1.0,<2", "requests")


def test_the_distribution_of_an_id_ends_at_the_first_slash(site):
    site.add("acme-limits", router={"qos/ratelimit/router": "acme:Limit"})
    assert ids(site.catalog()) == ["acme-limits/qos/ratelimit/router"]


def test_groups_of_others_are_left_alone(site):
    groups = ("console_scripts", "krakpy.hooks", "krakpy.hooks.v", "krakpy.v1", "other.hooks.v1")
    site.add("acme-cli", entry_points={group: {"x": "a:b"} for group in groups})
    assert ids(site.catalog()) == []


def test_every_major_of_a_group_is_seen(site):
    site.add("acme-geo", entry_points={"krakpy.hooks.v1": {"geo": "a:B"}, "krakpy.hooks.v2": {"geo": "a:B2"}})
    assert [candidate.major for candidate in site.catalog().candidates] == [1, 2]


def test_reading_imports_nothing(site):
    site.add("acme-geo", hooks={"geo": "acme_geo:Geo"}, modules={"acme_geo.py": "raise SystemExit"})
    assert ids(site.catalog()) == ["acme-geo/geo"]


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED)
def test_entry_points_that_cannot_be_read_are_skipped_and_told_and_the_others_load(site, text):
    site.add("acme-broken", "2.0", entry_points_text=text)
    site.add("acme-geo", hooks={"geo": "acme_geo:Geo"})
    catalog = site.catalog()
    assert ids(catalog) == ["acme-geo/geo"]
    if problem := next(iter(catalog.problems), None):
        assert (problem.code, problem.place) == (Code.METADATA, "acme_broken-2.0.dist-info")
        assert problem.severity == "warning"
        assert problem.advice == "pip uninstall or reinstall acme-broken"


@pytest.mark.parametrize("case", ["X-40 not UTF-8", "X-40 a line without =", "X-40 binary"])
def test_what_is_skipped_is_told_with_its_cause(site, case):
    site.add("acme-broken", entry_points_text=MALFORMED[case])
    [problem] = site.catalog().problems
    assert "Error" in problem.message


@pytest.mark.parametrize("metadata", ODD_METADATA.values(), ids=ODD_METADATA)
def test_odd_metadata_do_not_keep_an_extension_out(site, metadata):
    site.add("acme-odd", "3.0", hooks={"odd": "acme_odd:Odd"}, metadata=metadata)
    [found] = site.catalog().candidates
    assert (found.id, found.version) == ("acme-odd/odd", "3.0")


def test_a_version_that_nobody_can_tell_is_shown_as_unknown_and_told(site):
    site.add("acme-odd", "one", hooks={"odd": "acme_odd:Odd"})
    catalog = site.catalog()
    assert catalog.candidates[0].version == "unknown"
    assert [(problem.code, problem.severity) for problem in catalog.problems] == [(Code.METADATA, "warning")]
    assert "pip install --force-reinstall acme-odd" in str(catalog.problems[0])


def test_twenty_thousand_entry_points_among_500_packages_are_read_in_under_a_second(site):
    site.add("acme-many", hooks={f"hook{number}": f"acme_many:Hook{number}" for number in range(20_000)})
    for number in range(500):
        site.add(f"acme-{number}", entry_points={"console_scripts": {"acme": "a:b"}})
    started = time.process_time()
    catalog = site.catalog()
    assert time.process_time() - started < 1
    assert len(catalog.candidates) == 20_000


def test_the_first_of_two_installations_counts_as_in_import(tmp_path):
    first, second = Site(tmp_path / "first"), Site(tmp_path / "second")
    first.add("acme-geo", "2.0", hooks={"geo": "new:Geo"})
    second.add("acme-geo", "1.0", hooks={"geo": "old:Geo"})
    second.add("acme-csv", "1.0", decoder={"csv": "csv2:Csv"})
    first.add("acme-csv", "2.0")
    catalog = read_catalog(distributions(path=[str(first.path), str(second.path)]))
    assert [(candidate.id, candidate.version) for candidate in catalog.candidates] == [("acme-geo/geo", "2.0")]


@pytest.mark.parametrize("name", ["krakpy-something", "krakpyy", "acme-krakpy"])
def test_first_party_is_an_exact_list_and_no_prefix(site, name):
    site.add(name, hooks={"geo": "a:B"})
    assert not site.catalog().candidates[0].is_first_party


def test_metadata_that_claim_to_be_krakpy_are_not_believed(site):
    site.add("acme-geo", decoder={"json": "a:B"}, metadata=b"Metadata-Version: 2.1\nName: krakpy\nVersion: 9\n")
    [found] = site.catalog().candidates
    assert (found.id, found.is_first_party) == ("acme-geo/json", False)


def test_krakpys_own_extensions_come_through_the_same_door():
    own = [candidate for candidate in read_catalog().candidates if candidate.distribution == "krakpy"]
    assert all(candidate.is_first_party for candidate in own)
    assert "krakpy/json" in [candidate.id for candidate in own]


def test_a_name_and_an_id_find_the_same(site):
    site.add("acme-geo", hooks={"geo": "a:B"}, decoder={"geo": "a:C"})
    catalog = site.catalog()
    assert catalog.find(["hooks"], "geo") == catalog.find(["hooks"], "acme-geo/geo") == catalog.candidates[1:]
    assert catalog.find(["hooks"], "other") == ()
    assert catalog.names(["hooks", "decoder"]) == {"geo"}


def test_an_entry_point_cannot_hide_an_id_by_being_named_like_it(site):
    site.add("acme-geo", hooks={"geo": "a:B"})
    site.add("evil", hooks={"acme-geo/geo": "evil:B"})
    found = site.catalog().find(["hooks"], "acme-geo/geo")
    assert [candidate.id for candidate in found] == ["acme-geo/geo", "evil/acme-geo/geo"]


class InMemory(Distribution):
    """A distribution that is no folder: what an import hook may offer."""

    def __init__(self, **texts):
        self._texts = texts

    def read_text(self, filename):
        return self._texts.get(filename.partition(".")[0])

    def locate_file(self, path):
        raise NotImplementedError


def test_distributions_without_a_folder_are_known_by_their_metadata():
    entry_points = "[krakpy.hooks.v1]\ngeo = a:B\n"
    named = InMemory(METADATA="Name: acme-geo\nVersion: 1.0\n", entry_points=entry_points)
    other = InMemory(METADATA="Name: acme-csv\nVersion: 1.0\n", entry_points=entry_points)
    assert ids(read_catalog([named, other])) == ["acme-csv/geo", "acme-geo/geo"]


def test_the_packages_that_answer_namespaces_are_known():
    assert all("/" in namespace for namespace in known_packages())
