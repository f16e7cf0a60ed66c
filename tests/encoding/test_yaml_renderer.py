"""Documents are written as YAML line for line as KrakenD writes them, and every reader reads them back."""
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from krakpy_sdk import Request, Response

from krakpy.encoding.json_documents import read
from krakpy.encoding.yaml_renderer import YamlRenderer, write

TEXTS = st.text(max_size=6) | st.sampled_from(["one\ntwo", "a\n\nb\n", "end\n\n", "yes", "1.5", "- a", "12:30"])
DOCUMENTS = st.dictionaries(
    TEXTS,
    st.recursive(
        st.sampled_from([None, True, False]) | st.integers() | TEXTS,
        lambda values: st.lists(values, max_size=3) | st.dictionaries(TEXTS, values, max_size=3),
        max_leaves=8,
    ),
    max_size=3,
)
WORDS = {None: "null", True: "true", False: "false"}


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            '{"a":{"b":1,"d":{"e":3,"f":[1,2]}},"l":[{"x":1,"y":2},{"x":3,"y":4}],"n":null,"s":"t"}',
            'a:\n  b: "1"\n  d:\n    e: "3"\n    f:\n    - "1"\n    - "2"\n'
            'l:\n- x: "1"\n  "y": "2"\n- x: "3"\n  "y": "4"\n"n": null\ns: t\n',
        ),
        (
            '{"big":123456789012345678901234567890,"dec":4.20,"exp":1e5,"exp2":1.5E-7,"negzero":-0}',
            'big: "123456789012345678901234567890"\ndec: "4.20"\nexp: 1e5\nexp2: "1.5E-7"\nnegzero: "-0"\n',
        ),
        ('{"a":[[1,["x"]],[2]],"b":[{"c":["d"]}]}', 'a:\n- - "1"\n  - - x\n- - "2"\nb:\n- c:\n  - d\n'),
        ('{"e":{},"l":[],"m":[{},[],null,true]}', "e: {}\nl: []\nm:\n- {}\n- []\n- null\n- true\n"),
        (
            '{"a":"one\\n\\ntwo","b":["p\\n\\nq\\n"],"c":{"d":"s\\n\\nt\\n\\n"},"z":1}',
            'a: |-\n  one\n  \n  two\nb:\n- |\n  p\n\n  q\nc:\n  d: |+\n    s\n    \n    t\n\nz: "1"\n',
        ),
        ('{"b":1,"a":2,"B":3,"10":5,"":6}', '"": "6"\n"10": "5"\nB: "3"\na: "2"\nb: "1"\n'),
        ('{"a\\nb":{"c":1}}', '"a\\nb":\n  c: "1"\n'),
        ("{}", "{}\n"),
    ],
    ids=["nested", "numbers", "arrays in arrays", "what is empty", "lines", "order of keys", "key of lines", "nothing"],
)
def test_yaml_is_written_like_krakend_writes_it(body, text):
    assert write(read(body.encode())) == text.encode()


def test_a_float_of_the_gateway_is_a_number():
    assert write({"a": 1.5}) == b"a: 1.5\n"


def test_half_a_surrogate_pair_is_replaced():
    assert write({"a": "b\ud800"}) == 'a: "b\ufffd"\n'.encode()


@given(DOCUMENTS)
def test_every_document_is_read_back(document):
    assert yaml.load(write(document), yaml.BaseLoader) == as_texts(document)


def as_texts(value):
    """What a reader gives that takes every scalar for a text."""
    if isinstance(value, dict):
        return {replaced(key): as_texts(member) for key, member in value.items()}
    if isinstance(value, list):
        return [as_texts(item) for item in value]
    if isinstance(value, str):
        return replaced(value)
    return WORDS[value] if value is None or isinstance(value, bool) else str(value)


def replaced(text):
    return "".join("\ufffd" if "\ud800" <= letter <= "\udfff" else letter for letter in text)


@pytest.mark.parametrize("data", [None, {}])
def test_no_data_is_an_empty_object(data):
    assert YamlRenderer(None).render(Request(), Response(data=data)).body == b"{}\n"


def test_yaml_says_that_it_is_yaml():
    headers = YamlRenderer(None).render(Request(), Response(data={"a": 1})).headers
    assert headers["content-type"] == "application/yaml; charset=utf-8"
