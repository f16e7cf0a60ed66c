"""What a GraphQL server is sent is what Go would write."""
import json
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from krakpy_sdk import UpstreamError

from krakpy.backend.graphql_operation import Operation, Variables

QUERY = "query Q($id: ID!) { node(id: $id) { name } }"


def filled(configured, **params):
    return json.loads(Variables(configured).filled(params))


@pytest.mark.parametrize(
    ("name", "variables", "document"),
    [
        ("", b"", b'{"query":"{ a }"}'),
        ("Q", b"", b'{"query":"{ a }","operationName":"Q"}'),
        ("", b'{"a":1}', b'{"query":"{ a }","variables":{"a":1}}'),
        ("Q", b'{"a":1}', b'{"query":"{ a }","operationName":"Q","variables":{"a":1}}'),
    ],
)
def test_what_is_empty_is_left_out_of_the_document(name, variables, document):
    assert Operation("{ a }", name).document(variables) == document


def test_the_operation_is_escaped_as_go_escapes_it():
    assert Operation('{ a(b: "<&>\n") }', "").document(b"") == (
        b'{"query":"{ a(b: \\"\\u003c\\u0026\\u003e\\n\\") }"}'
    )


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://a/g", "http://a/g?operationName=Q&query=%7B+a+%7D&variables=%7B%22b%22%3A1%7D"),
        ("http://a/g?x=1", "http://a/g?x=1&operationName=Q&query=%7B+a+%7D&variables=%7B%22b%22%3A1%7D"),
    ],
    ids=["alone", "behind a query"],
)
def test_an_address_has_the_operation_in_its_query(url, target):
    assert Operation("{ a }", "Q").address(url, b'{"b":1}') == target


def test_what_is_empty_is_left_out_of_an_address():
    assert Operation("{ a }", "").address("http://a/g", b"") == "http://a/g?query=%7B+a+%7D"


@pytest.mark.parametrize("name", ["query", "%71uery", "variables", "operationName", "operation%4eame"])
def test_a_client_cannot_choose_the_operation_of_an_address(name):
    target = Operation("{ a }", "").address(f"http://a/g?{name}=evil&x={name}&{name}", b"")
    assert target == f"http://a/g?x={name}&query=%7B+a+%7D"


@given(st.text(min_size=1), st.text(), st.dictionaries(st.text(), st.integers(), min_size=1))
def test_an_address_says_what_a_document_says(query, name, variables):
    operation, text = Operation(query, name), Variables(variables).filled({})
    document = json.loads(operation.document(text))
    pairs = dict(parse_qsl(operation.address("http://a/g", text).partition("?")[2]))
    assert pairs == {**document, "variables": pairs["variables"]}
    assert json.loads(pairs["variables"]) == document["variables"] == variables


def test_a_variable_that_is_a_placeholder_becomes_the_parameters_text():
    assert filled({"id": "{id}", "n": 3}, id="42") == {"id": "42", "n": 3}


def test_a_parameter_may_be_known_by_its_name_with_a_capital():
    assert filled({"a": "{resp0_x}", "b": "{id}"}, Resp0_x="1", Id="2") == {"a": "1", "b": "2"}


def test_a_parameter_that_is_not_there_is_an_empty_text():
    assert filled({"id": "{id}"}) == {"id": ""}


def test_nothing_inside_of_lists_and_objects_is_a_placeholder():
    configured = {"list": ["{id}"], "object": {"k": "{id}"}, "text": "a {id}", "flag": True, "none": None}
    assert filled(configured, id="42") == configured


def test_without_variables_there_is_no_object():
    assert Variables({}).filled({"id": "42"}) == b""


@given(st.dictionaries(st.text(), st.integers()), st.dictionaries(st.text(), st.text(), min_size=1))
def test_no_parameter_can_break_out_of_its_text(constants, params):
    configured = {**constants, **{f"p{index}": f"{{{name}x}}" for index, name in enumerate(params)}}
    given_params = {f"{name}x": value for name, value in params.items()}
    expected = {**constants, **{f"p{index}": value for index, value in enumerate(params.values())}}
    assert filled(configured, **given_params) == expected


def test_names_are_in_gos_order():
    assert Variables({"b": 1, "a": "{x}", "ä": 2, "B": 3}).filled({"x": "1"}) == '{"B":3,"a":"1","b":1,"ä":2}'.encode()


@pytest.mark.parametrize(
    ("body", "variables"),
    [
        (b'{"a":5,"c":[1]}', b'{"a":5,"b":"{x}","c":[1]}'),
        (b"{}", b'{"a":{"k":1},"b":"{x}"}'),
        (b' {"a":{"j":2}} ', b'{"a":{"j":2},"b":"{x}"}'),
        (b'{"b":null}', b'{"a":{"k":1},"b":null}'),
        (b'{"a":1.10,"c":12345678901234567890123}', b'{"a":1.10,"b":"{x}","c":12345678901234567890123}'),
    ],
    ids=["joined", "nothing", "replaced whole", "null", "numbers keep their text"],
)
def test_members_of_the_client_replace_configured_variables(body, variables):
    assert Variables({"a": {"k": 1}, "b": "{x}"}).overridden(body) == variables


def test_without_any_member_there_is_no_object():
    assert Variables({}).overridden(b"{}") == b""


@pytest.mark.parametrize(
    "body",
    [b"", b" ", b"zzz", b"[1]", b"null", b'"a"', b"1", b'{"a":1}x', b'{"a":1}{"b":2}', b'{"a":', b'{"a":' * 2000],
    ids=["empty", "blank", "text", "array", "null", "string", "number", "more", "two", "half", "deep"],
)
def test_a_body_that_is_not_one_object_is_refused(body):
    with pytest.raises(UpstreamError, match="no variables for the mutation"):
        Variables({"a": 1}).overridden(body)
