"""There and back: what a document says of its operations is there again, and a second time round changes nothing."""
from __future__ import annotations

from krakpy_openapi.exporting import exported
from krakpy_openapi.importing import Wishes, configuration

HERE = Wishes(hosts=("https://api.shop.test",))


def test_exporting_what_was_imported_gives_the_operations_back(shop):
    found = exported(configuration(shop, Wishes()).document).document
    orders = shop["paths"]["/orders"]["get"]
    again = found["paths"]["/orders"]["get"]
    assert again | {"parameters": [], "responses": {}} == orders | {"parameters": [], "responses": {}}
    assert [one["name"] for one in again["parameters"]] == ["page", "since", "X-Trace"]
    assert again["responses"]["200"] == orders["responses"]["200"]
    assert again["responses"]["default"] == shop["components"]["responses"]["Failed"]
    assert found["components"]["schemas"] == shop["components"]["schemas"]
    assert found["components"]["securitySchemes"] == shop["components"]["securitySchemes"]
    assert (found["info"], found["tags"], found["security"]) == (shop["info"], shop["tags"], shop["security"])


def test_a_second_time_round_changes_nothing(shop):
    once = exported(configuration(shop, Wishes()).document).document
    twice = exported(configuration(once, HERE).document).document
    assert twice == once


def test_importing_what_was_exported_gives_the_endpoints_back(shop):
    first = configuration(shop, Wishes(hosts=HERE.hosts)).document
    again = configuration(exported(first).document, Wishes(hosts=("https://api.shop.test/v1",))).document
    key = lambda endpoint: (endpoint["endpoint"], endpoint["method"])  # noqa: E731
    assert sorted(again["endpoints"], key=key) == sorted(first["endpoints"], key=key)
