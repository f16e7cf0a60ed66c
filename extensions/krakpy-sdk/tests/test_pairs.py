"""Header fields and query strings: what equals what, what is kept, and Go's rules for query strings."""
import pytest
from hypothesis import given
from hypothesis import strategies as st
from krakpy_sdk import Headers, Query

REPEATED = Headers([("Accept", "a"), ("X-One", "1"), ("accept", "b")])


def test_header_names_are_found_in_any_case():
    assert (REPEATED["ACCEPT"], "aCCept" in REPEATED) == ("a", True)


def test_query_names_are_found_in_their_case_only():
    assert (Query({"a": "1"}).get("A"), Query({"a": "1"}).get("a")) == (None, "1")


def test_a_name_gives_its_first_value_and_getall_gives_all():
    assert (REPEATED["accept"], REPEATED.getall("Accept")) == ("a", ["a", "b"])


def test_an_absent_name_has_no_values():
    assert (REPEATED.getall("missing"), REPEATED.get("missing"), 7 in REPEATED) == ([], None, False)


def test_an_absent_name_is_a_key_error():
    with pytest.raises(KeyError):
        REPEATED["missing"]


def test_pairs_keep_order_case_and_repeats():
    assert REPEATED.pairs == (("Accept", "a"), ("X-One", "1"), ("accept", "b"))


def test_iteration_and_length_count_each_name_once():
    assert (list(REPEATED), len(REPEATED)) == (["accept", "x-one"], 2)


def test_what_getall_gives_is_the_readers_own():
    REPEATED.getall("accept").clear()
    assert REPEATED.getall("accept") == ["a", "b"]


def test_set_gives_a_copy_with_this_one_value():
    assert REPEATED.set("ACCEPT", "c").getall("accept") == ["c"]


def test_add_gives_a_copy_with_one_more_value():
    assert REPEATED.add("ACCEPT", "c").getall("accept") == ["a", "b", "c"]


def test_remove_gives_a_copy_without_the_name_in_any_case():
    assert REPEATED.remove("ACCEPT").pairs == (("X-One", "1"),)


def test_a_change_leaves_the_original_as_it_was():
    REPEATED.set("accept", "c").add("x", "y").remove("x-one")
    assert REPEATED.pairs == (("Accept", "a"), ("X-One", "1"), ("accept", "b"))


def test_a_change_of_a_query_is_a_query():
    assert isinstance(Query({"a": "1"}).set("a", "2"), Query)


def test_nothing_can_be_assigned():
    with pytest.raises(TypeError):
        REPEATED["accept"] = "c"  # type: ignore[index]
    with pytest.raises(AttributeError):
        setattr(REPEATED, "other", 1)  # noqa: B010


@pytest.mark.parametrize(
    ("other", "equal"),
    [
        (Headers([("ACCEPT", "a"), ("Accept", "b"), ("x-one", "1")]), True),
        (Headers([("accept", "b"), ("accept", "a"), ("x-one", "1")]), False),
        ({"accept": "a", "x-one": "1"}, False),
        ("accept", False),
    ],
    ids=["case and place of other names", "order of one name", "a mapping without the repeat", "something else"],
)
def test_headers_are_equal_when_each_name_has_the_same_values(other, equal):
    assert (other == REPEATED) is equal


def test_headers_equal_a_mapping_in_any_case():
    assert Headers({"X-One": "1"}) == {"x-ONE": "1"}


def test_equal_headers_have_equal_hashes():
    assert hash(Headers([("A", "1"), ("b", "2")])) == hash(Headers([("B", "2"), ("a", "1")]))


def test_fields_from_the_wire_are_read_as_latin_1():
    headers = Headers.from_raw([(b"X-Name", b"caf\xe9"), (b"x-name", b"b")])
    assert (headers["x-name"], headers.pairs) == ("caf\xe9", (("X-Name", "caf\xe9"), ("x-name", "b")))


def test_the_repr_shows_every_pair():
    assert repr(Query([("a", "1"), ("a", "2")])) == "Query([('a', '1'), ('a', '2')])"


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("", ()),
        ("a=1&b=2", (("a", "1"), ("b", "2"))),
        ("a=2&a=1", (("a", "2"), ("a", "1"))),
        ("a", (("a", ""),)),
        ("a=", (("a", ""),)),
        ("=1", (("", "1"),)),
        ("a=1=2", (("a", "1=2"),)),
        ("&&a=1&", (("a", "1"),)),
        ("a=b+c%2Bd", (("a", "b c+d"),)),
        ("%C5%93=%e2%82%ac", (("œ", "€"),)),
        ("a=1;b=2&c=3", (("c", "3"),)),
        ("a=%3B", (("a", ";"),)),
        ("a=%zz&b=1", (("b", "1"),)),
        ("a=%1&b=1", (("b", "1"),)),
        ("%=1&b=1", (("b", "1"),)),
    ],
    ids=[
        "nothing", "two names", "repeats in order", "no equals sign", "empty value", "empty name", "second equals sign",
        "empty parts", "plus and percent", "UTF-8", "semicolon", "escaped semicolon", "escape that is no hex",
        "escape cut short", "escape cut short in a name",
    ],
)  # fmt: skip
def test_query_strings_are_parsed_as_go_does(text, pairs):
    assert Query.parse(text).pairs == pairs


@pytest.mark.parametrize(
    ("pairs", "text"),
    [
        ([], ""),
        ([("b", "1"), ("a", "2")], "a=2&b=1"),
        ([("b", "2"), ("a", ""), ("b", "1")], "a=&b=2&b=1"),
        ([("a b", "c+d&e=f")], "a+b=c%2Bd%26e%3Df"),
        ([("a", "A-Z_0.9~!*'()")], "a=A-Z_0.9~%21%2A%27%28%29"),
        ([("a", "€")], "a=%E2%82%AC"),
    ],
    ids=["nothing", "sorted by name", "values stay in order", "reserved", "unreserved", "UTF-8"],
)
def test_query_strings_are_written_as_go_does(pairs, text):
    assert Query(pairs).encode() == text


def test_bytes_that_are_no_utf_8_come_out_as_they_came_in():
    assert Query.parse("a=%FF%C3").encode() == "a=%FF%C3"


@given(st.lists(st.tuples(st.text(st.characters(codec="utf-8"), min_size=1), st.text(st.characters(codec="utf-8")))))
def test_what_is_written_is_read_again(pairs):
    assert Query.parse(Query(pairs).encode()) == Query(pairs)
