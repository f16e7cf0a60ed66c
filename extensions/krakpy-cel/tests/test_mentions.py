"""No more of a variable is handed over than an expression can look at, and never less."""
import pytest
from krakpy_cel.mentions import mentioned

MEMBERS = {
    "resp_data.id": {"id"},
    "int(resp_data.id) == 1 && has(resp_data.user.name)": {"id", "user"},
    "resp_data['id'] == resp_data[ \"a b\" ]": {"id", "a b"},
    "resp_data . id == 1": {"id"},
    "'id' in resp_data && \"x\" in resp_data": {"id", "x"},
    "'x' in resp_data.tags": {"tags"},
    "resp_data.tags.exists(t, t == 'x')": {"tags"},
    "!('x' in resp_data)": {"x"},
    "req_method == 'GET'": set(),
    "my_resp_data == 1 && resp_data2 == 1": set(),
    "'resp_data.zip' == 'x'": {"zip"},
}
ANYTHING = [
    "size(resp_data) > 1",
    "resp_data.size() > 1",
    "resp_data.exists(k, k == 'x')",
    "resp_data . all (k, true)",
    "resp_data[req_method] == 1",
    "resp_data == {}",
    "req_method in resp_data",
    "'x' in resp_data[req_method]",
    "'x' in resp_data.map(k, k)",
    "(resp_data)['x'] == 1",
    "'x' in resp_data ? resp_data : {}",
    "resp_data.id == 1 && resp_data != {}",
    r"'a\'b' in resp_data",
    r"resp_data['\x61'] == 1",
    "'''k''' in resp_data",
    "resp_data.id == 1 // 'k' in \n && 'a' in resp_data",
    "[1].all(resp_data, resp_data.x == 1)",
    "resp_data[b'x'] == 1",
]


@pytest.mark.parametrize(("text", "names"), MEMBERS.items(), ids=MEMBERS)
def test_members_that_are_named_are_found(text, names):
    assert mentioned("resp_data", text) == names


@pytest.mark.parametrize("text", ANYTHING)
def test_what_is_not_understood_means_everything(text):
    assert mentioned("resp_data", text) is None
    assert mentioned("resp_data", "resp_data.id == 1", text) is None


def test_the_members_of_all_expressions_count():
    assert mentioned("resp_data", "resp_data.a == 1", "true", "resp_data.b == 1") == {"a", "b"}
