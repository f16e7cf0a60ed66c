"""The lock file: one text for one installation, and strict when it is read."""
import pytest

from krakpy.extension.lock import Distribution, Extension, Lock, LockError, Pinned, Tried, read_lock

TRIED = Tried(outcome="good", where="here", uses=["b", "a"])
GEO = Distribution(
    version="1.0",
    record="sha256:x",
    extensions={"krakpy.hooks.v1/geo": Extension(target="acme_geo:Geo", facts={"hooks": ["log"]}, probe=TRIED)},
    needs={"acme-db": Pinned(version="2", record="sha256:y")},
)


def test_what_is_written_is_read(tmp_path):
    lock = Lock(distributions={"acme-geo": GEO})
    (tmp_path / "krakpy.lock").write_text(lock.text)
    assert read_lock(str(tmp_path / "krakpy.lock")) == lock


def test_the_text_does_not_depend_on_the_order_of_its_making():
    other = Distribution(version="1", record="sha256:z")
    one, two = Lock(distributions={"a": other, "b": GEO}), Lock(distributions={"b": GEO, "a": other})
    assert one.text == two.text


def test_every_value_has_a_line_of_its_own():
    lines = Lock(distributions={"acme-geo": GEO}).text.splitlines()
    assert '      "version": "1.0"' in lines


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "cannot be read"),
        ("{", "no lock file"),
        ('{"format": 2, "distributions": {}}', "format 2"),
        ('{"format": 1, "distributons": {}}', "distributons"),
        ('{"format": 1, "distributions": {"a": {"version": "1"}}}', "record"),
    ],
    ids=["not there", "not JSON", "another format", "an unknown key", "a key that is missing"],
)
def test_what_is_no_lock_is_refused(tmp_path, content, reason):
    path = tmp_path / "krakpy.lock"
    if content is not None:
        path.write_text(content)
    with pytest.raises(LockError, match=reason):
        read_lock(str(path))
