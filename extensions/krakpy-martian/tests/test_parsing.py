"""What cannot be read is told with its place: as KrakenD does it leaves Martian out, and unknown keys are an error."""
from typing import Any

import pytest
from krakpy_martian.middleware import HOLDERS
from krakpy_martian.parsing import Parser
from krakpy_sdk import ConfigError, Disabled, MissingDriver

H = {"header.Modifier": {"name": "X", "value": "1"}}
ONE = {"header.Filter": {"name": "a", "value": "b"}}

OFF: dict[str, tuple[Any, str, str]] = {
    "nothing": (None, "", "an object with the name of a modifier"),
    "no modifier": ({}, "", "there are 0: none"),
    "two modifiers": ({**H, "@comment": "x"}, "", "there are 2: 'header.Modifier', '@comment'"),
    "an unknown one": ({"heder.Modifier": {}}, "heder.Modifier", "offers the martian driver 'heder.Modifier'"),
    "an unknown filter": ({"header.RegexFiltr": {}}, "header.RegexFiltr", "did you mean 'header.RegexFilter'?"),
    "no settings": ({"header.Modifier": 5}, "header.Modifier", "settings of the modifier"),
    "a scope that is none": ({"header.Id": {"scope": ["both"]}}, "header.Id.scope", "a list of 'request'"),
    "a scope that is no list": ({"header.Id": {"scope": "request"}}, "header.Id.scope", "a list of"),
    "a scope that it has not": ({"header.Id": {"scope": ["response"]}}, "header.Id.scope", "be used for the response"),
    "a status of a request": (
        {"status.Modifier": {"scope": ["request"], "statusCode": 200}}, "status.Modifier.scope", "used for the request"
    ),
    "no base64": ({"body.Modifier": {"body": "?"}}, "body.Modifier.body", "no base64"),
    "no pattern": ({"url.RegexFilter": {"regex": "(", "modifier": H}}, "url.RegexFilter.regex", "is no pattern"),
    "no member": (ONE, "header.Filter", "has to stand under 'modifier'"),
    "two ports": ({"port.Modifier": {"port": 1, "remove": True}}, "port.Modifier", "exactly one of"),
    "no port": ({"port.Filter": {"port": "1", "modifier": H}}, "port.Filter.port", "a port is expected"),
    "no status": ({"status.Modifier": {"statusCode": 7}}, "status.Modifier.statusCode", "is no status"),
    "no time": ({"cookie.Modifier": {"name": "c", "expires": "soon"}}, "cookie.Modifier.expires", "is no time"),
    "no cookie": ({"cookie.Modifier": {"name": "a b"}}, "cookie.Modifier.name", "is no name of a cookie"),
    "no scheme": ({"url.Modifier": {"scheme": "ftp"}}, "url.Modifier.scheme", "neither http nor https"),
    "no names to copy": ({"header.Copy": {"from": "a"}}, "header.Copy.to", "the name of a header"),
    "no text": ({"url.Filter": {"host": 5, "modifier": H}}, "url.Filter.host", "a text is expected"),
    "no list": ({"fifo.Group": {"modifiers": H}}, "fifo.Group.modifiers", "a list of modifiers"),
    "no word": ({"fifo.Group": {"aggregateErrors": "x"}}, "fifo.Group.aggregateErrors", "true or false"),
    "no priority": ({"priority.Group": {"modifiers": [H]}}, "priority.Group.modifiers[0].header.Modifier", "unknown"),
    "no number": ({"priority.Group": {"modifiers": [{"priority": "1"}]}}, "priority.Group.modifiers[0]", "a whole"),
    "deep inside": (
        {"fifo.Group": {"modifiers": [H, {"header.Filter": {"name": "a", "value": "b", "modifier": {"no": {}}}}]}},
        "fifo.Group.modifiers[1].header.Filter.modifier.no", "offers the martian driver 'no'",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("config", "path", "said"), OFF.values(), ids=OFF)
def test_what_cannot_be_read_is_told_with_its_place(driver, config, path, said):
    with pytest.raises(ConfigError) as failure:
        Parser(driver, HOLDERS).parse(config)
    assert (failure.value.path, said in failure.value.message) == (path, True), failure.value
    assert isinstance(failure.value, Disabled) is ("unknown" not in said)


UNKNOWN = {
    "of a modifier": ({"header.Modifier": {"nmae": "X"}}, "header.Modifier.nmae"),
    "of a filter": ({"header.Filter": {"nme": "X", "modifier": H}}, "header.Filter.nme"),
    "of a group": ({"fifo.Group": {"aggregateErorrs": True}}, "fifo.Group.aggregateErorrs"),
    "of a copy": ({"header.Copy": {"form": "a", "to": "b"}}, "header.Copy.form"),
    "an else that has no meaning": (
        {"header.RegexFilter": {"header": "a", "regex": "b", "modifier": H, "else": H}}, "header.RegexFilter.else"
    ),
}


@pytest.mark.parametrize(("config", "path"), UNKNOWN.values(), ids=UNKNOWN)
def test_a_key_that_nobody_knows_is_an_error(driver, config, path):
    with pytest.raises(ConfigError) as failure:
        Parser(driver, HOLDERS).parse(config)
    assert (failure.value.path, isinstance(failure.value, Disabled)) == (path, False)


def test_a_modifier_that_is_not_installed_is_an_error_where_packages_are_asked_for():
    def driver(family, name, config=None):
        raise MissingDriver("nobody has it")

    with pytest.raises(ConfigError, match="nobody has it") as failure:
        Parser(driver, HOLDERS).parse({"body.ESQuery": {}})
    assert not isinstance(failure.value, Disabled)


@pytest.mark.parametrize(
    "config", [{"header.Modifier": {"@why": "x", "name": "X"}}, {"fifo.Group": {"@why": "x"}}, {"status.Verifier": {}}]
)
def test_comments_inside_and_what_only_verifies_are_taken(driver, config):
    Parser(driver, HOLDERS).parse(config)


def test_a_verifier_does_nothing(driver):
    steps = Parser(driver, HOLDERS).parse({"header.Verifier": {"scope": ["request"], "name": "a"}})
    assert (steps.request, steps.response) == (None, None)
