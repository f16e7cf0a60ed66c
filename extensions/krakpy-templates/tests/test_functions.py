"""What a recording cannot hold: where ours is steadier than the original, or the machine has a say."""
from __future__ import annotations

import pytest
from krakpy_templates.engine import Engine
from krakpy_templates.errors import TemplateError


def rendered(source: str, data: object = None) -> str:
    engine = Engine()
    engine.add(source, "a")
    return engine.render("a", data).text


def test_keys_and_values_come_in_the_order_of_the_keys():
    assert rendered("{{ keys . }} {{ values . }}", {"b": 1, "a": 2}) == "[a b] [2 1]"


def test_a_name_that_no_host_has_is_an_error():
    with pytest.raises(TemplateError, match="is not known"):
        rendered('{{ getHostByName "nowhere.invalid" }}')


def test_the_address_of_this_machine_is_found():
    assert rendered('{{ getHostByName "127.0.0.1" }}') == "127.0.0.1"
