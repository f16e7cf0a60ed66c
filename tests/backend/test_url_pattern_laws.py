"""What holds for placeholders whatever the values are: each is one segment, and nothing else of the pattern changes."""
from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st
from krakpy_sdk import RejectedError

from krakpy.backend.placeholders import parsed, rewritten
from krakpy.backend.url_pattern import PATH, QUERY, Side

NAMES = ("id", "name", "JWT.sub")
literals = st.text("ab-_.", min_size=1, max_size=3).filter(lambda text: text.strip("."))
segments = st.lists(literals | st.sampled_from([f"{{{name}}}" for name in NAMES]), min_size=1, max_size=5)
#: a percent sign in a parameter begins an escape, which has laws of its own
values = st.text("ab./?#&=+; é", min_size=1, max_size=4) | st.text(st.characters(exclude_characters="%"), min_size=1)
params = st.fixed_dictionaries(dict.fromkeys(NAMES, values))


def filled(pattern, given_params, encoding=PATH):
    """The path, or None for values that no path may hold."""
    try:
        return Side(pattern, encoding).filled(given_params)
    except RejectedError:
        return None


@given(segments, params)
def test_a_path_has_as_many_segments_as_its_pattern_and_each_value_in_its_place(pattern, given_params):
    path = filled("/" + "/".join(pattern), given_params)
    if path is not None:
        expected = [given_params.get(segment.strip("{}"), segment) for segment in pattern]
        assert [unquote(segment) for segment in path.split("/")[1:]] == expected
        assert not {"", ".", ".."} & set(path.split("/")[1:])


@given(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4), params)
def test_a_query_has_as_many_parameters_as_its_pattern_and_each_value_in_its_place(names, given_params):
    query = filled("?" + "&".join(f"k{index}={{{name}}}" for index, name in enumerate(names)), given_params, QUERY)
    if query is not None:
        pairs = [pair.split("=") for pair in query.removeprefix("?").split("&")]
        expected = [[f"k{index}", given_params[name]] for index, name in enumerate(names)]
        assert [[key, unquote(value)] for key, value in pairs] == expected


@given(segments, params, st.dictionaries(st.text("xyz", min_size=1, max_size=3), st.text(max_size=5)))
def test_parameters_that_no_placeholder_names_change_nothing(pattern, given_params, more):
    path = "/" + "/".join(pattern)
    assert filled(path, {**more, **given_params}) == filled(path, given_params)


@given(st.lists(literals, min_size=1, max_size=5).map("/".join), params)
def test_without_placeholders_there_is_one_path(path, given_params):
    assert filled(path, given_params) == filled(path, {}) == path


@given(segments)
def test_without_values_a_path_is_what_its_pattern_is_called(pattern):
    path = "/" + "/".join(pattern)
    assert unquote(filled(path, {})) == rewritten(path)


@given(st.text("ab/{}.-_?=", max_size=20))
def test_a_pattern_is_its_texts_and_placeholders_and_nothing_else(pattern):
    texts, placeholders = parsed(pattern)
    names = [f"{{{placeholder.name}}}" for placeholder in placeholders]
    assert "".join(map(str.__add__, texts, [*names, ""])) == pattern
