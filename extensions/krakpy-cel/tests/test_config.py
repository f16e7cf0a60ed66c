"""A configuration is a list of expressions, and nothing else."""
import pytest
from krakpy_cel.config import CelCheck, checks_of
from krakpy_sdk import ConfigError


def test_checks_keep_their_order():
    raw = [{"check_expr": "a"}, {"check_expr": "b", "mod_expr": "c", "@comment": 1}]
    assert checks_of(raw) == (CelCheck(check_expr="a"), CelCheck(check_expr="b", mod_expr="c"))


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        (None, ""),
        ({"check_expr": "true"}, ""),
        ("true", ""),
        (["true"], "[0]"),
        ([{"check_expr": "true"}, {}], "[1].check_expr"),
        ([{"check_expr": " "}], "[0].check_expr"),
        ([{"check_expr": True}], "[0].check_expr"),
        ([{"check_exp": "true"}], "[0].check_exp"),
        ([{"check_expr": "true", "mod_expr": 1}], "[0].mod_expr"),
    ],
    ids=str,
)
def test_what_is_no_list_of_expressions_is_refused_at_its_place(raw, place):
    with pytest.raises(ConfigError) as raised:
        checks_of(raw)
    assert raised.value.path == place
