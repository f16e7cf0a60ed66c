"""The tables of keys in the READMEs of packages come from the classes of their settings."""
import sys

import pytest

from docs.generators import packs
from docs.generators.writing import Undocumented

PROJECT = """
[project]
name = "krakpy-{name}"
[project.entry-points."krakpy.router.v1"]
"acme/one" = "krakpy_{name}:One"
"acme/one@service" = "krakpy_{name}:Everywhere"
"""
CODE = '''
from dataclasses import dataclass, field
from datetime import timedelta

@dataclass(frozen=True)
class Rule:
    path: str
    """Where it holds."""

@dataclass(frozen=True)
class Base:
    size: int = 3
    """How large | in bytes."""

@dataclass(frozen=True)
class Config(Base):
    wait: timedelta = timedelta(milliseconds=50)
    """How long,
    and no longer."""

    rules: tuple[Rule, ...] = ()
    """What holds."""

    by_name: dict[str, Rule] = field(default_factory=dict)
    """The same by name."""

@dataclass(frozen=True)
class Service:
    on: bool | None = None
    """Whether it is there."""

class One:
    Config = Config

class Everywhere:
    Config = Service
'''
TABLES = """
`acme/one`:

| key | type | default | meaning |
| --- | --- | --- | --- |
| `size` | whole number | `3` | How large \\| in bytes. |
| `wait` | duration | `"50ms"` | How long, and no longer. |
| `rules` | list of object | `[]` | What holds. |
| `by_name` | object | `{}` | The same by name. |

In `rules[]`:

| key | type | default | meaning |
| --- | --- | --- | --- |
| `path` | text | required | Where it holds. |

In `by_name.NAME`:

| key | type | default | meaning |
| --- | --- | --- | --- |
| `path` | text | required | Where it holds. |

`acme/one` at the service:

| key | type | default | meaning |
| --- | --- | --- | --- |
| `on` | true or false | | Whether it is there. |
"""


@pytest.fixture
def pack(tmp_path, monkeypatch):
    """Makes a package of this code, and gives its folder."""

    def made(code, name, readme="# It\n<!-- keys:begin -->\nold\n<!-- keys:end -->\nmore\n"):
        folder = tmp_path / f"krakpy-{name}"
        (folder / f"krakpy_{name}").mkdir(parents=True)
        (folder / f"krakpy_{name}" / "__init__.py").write_text(code)
        (folder / "pyproject.toml").write_text(PROJECT.format(name=name))
        (folder / "README.md").write_text(readme)
        monkeypatch.syspath_prepend(folder)
        return folder

    yield made
    for name in [name for name in sys.modules if name.startswith("krakpy_tested")]:
        del sys.modules[name]


def test_a_table_has_every_key_with_its_type_its_default_and_its_words(pack):
    page = packs.page(pack(CODE, "tested"))
    assert page == f"# It\n<!-- keys:begin -->{TABLES}<!-- keys:end -->\nmore\n".replace("| |", "|  |")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (CODE.replace('"""What holds."""', ""), "Config.rules has no description"),
        (CODE.replace("class Everywhere", "class Nowhere"), "krakpy-tested2 cannot be imported"),
    ],
    ids=["a key without words", "an entry point that leads nowhere"],
)
def test_what_cannot_be_told_is_refused(pack, code, words):
    with pytest.raises(Undocumented, match=words):
        packs.page(pack(code, "tested2"))


def test_a_table_that_never_ends_is_refused(pack):
    with pytest.raises(Undocumented, match="without"):
        packs.page(pack(CODE, "tested3", readme="# It\n<!-- keys:begin -->\n"))


def test_a_package_whose_settings_are_no_object_exports_their_class(pack):
    code = CODE.replace("    Config = Config", "    pass").replace("    Config = Service", "    pass")
    page = packs.page(pack(f"{code}\n__all__ = ['Service', 'One']\n", "tested4"))
    assert "| `on` | true or false |" in page
    assert "acme/one" not in page
