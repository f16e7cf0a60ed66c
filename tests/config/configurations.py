"""Random small configurations, right and wrong, as the models have them.

    @given(configurations())
    def test_...(document): ...
"""

from collections.abc import Iterable
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from hypothesis import strategies as st
from msgspec import Meta

from krakpy.config.fields import Fields, fields_of, has_fields
from krakpy.config.kinds import word
from krakpy.config.model import Service

Value = st.SearchStrategy[Any]

TEXTS = st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S"]), max_size=6)
# NOTE: the schema takes 3.0 for a whole number, and the linter does not
FRACTIONS = st.integers(-9, 9).map(lambda number: number + 0.5)
SCALARS: Value = st.one_of(st.none(), st.booleans(), st.integers(-2, 70_000), FRACTIONS, TEXTS)
ANYTHING: Value = st.one_of(SCALARS, st.lists(SCALARS, max_size=2), st.dictionaries(TEXTS, SCALARS, max_size=2))
# NOTE: of a negative zero only the linter knows, where a duration may be negative
DURATIONS = st.from_regex(r"\A[+]?[1-9][0-9]{0,2}(\.[0-9]{1,2})?(ns|us|µs|μs|ms|s|m|h)(\.[0-9]{1,2}s)?\Z")
ODD_DURATIONS = st.sampled_from(
    ["0", "+0", "1.s", ".5m", "", "3", "s", ".s", "-1s", "1h-2m", "1.2.3s", "2 s", "3S", "5d", "1e3s"]
)
COMMENTS = ("@note", "$note", "_note", "#note", "x-note")
STRAYS = ("nonsense", "x", "X-note", "Name", "Host", "PROXY")


def configurations() -> Value:
    """Documents of version 3: half of them are right, the others hold something that may not belong there."""
    drawn = st.one_of(Drawing(is_spoilt=False).objects(Service), Drawing(is_spoilt=True).objects(Service))
    return drawn.map(lambda document: {**document, "version": 3})


class Drawing(NamedTuple):
    """How values of the models' types are drawn; `is_spoilt`: now and then one of another type."""

    is_spoilt: bool

    def objects(self, cls: type) -> st.SearchStrategy[dict[str, Any]]:
        """Objects of a class with a few of its keys."""
        known = fields_of(cls)
        keys = st.lists(st.sampled_from(sorted(known.by_key)), max_size=4, unique=True)
        return st.tuples(keys.flatmap(lambda chosen: self._keys(known, chosen)), *self._extras(known)).map(_merged)

    def _keys(self, known: Fields, chosen: Iterable[str]) -> Value:
        return st.fixed_dictionaries({key: self.values(known.by_key[key].kind) for key in chosen})

    def _extras(self, known: Fields) -> list[Value]:
        old = {other: key for other, key in known.spellings.items() if key in known.by_key}
        spelt = [st.fixed_dictionaries({other: self.values(known.by_key[key].kind)}) for other, key in old.items()]
        others = [*COMMENTS, *known.accepted, *(STRAYS if self.is_spoilt else ())]
        single = [st.fixed_dictionaries({key: SCALARS}) for key in others]
        # NOTE: one key in two spellings is an error, which a schema does not see
        return [_rarely(single), _rarely(spelt).map(lambda found: {"": old, **found})]

    def values(self, kind: Any) -> Value:
        """Values of a type; now and then anything."""
        return st.one_of(*[self._fitting(kind)] * 15, ANYTHING) if self.is_spoilt else self._fitting(kind)

    def _fitting(self, kind: Any) -> Value:
        origin = get_origin(kind) or kind
        if kind is Any:
            return ANYTHING
        if origin is Annotated:
            return self._annotated(*get_args(kind))
        if has_fields(origin):
            return self.objects(origin)
        simple = {bool: st.booleans(), int: st.integers(), float: st.one_of(st.integers(), FRACTIONS), str: TEXTS}
        return simple[origin] if origin in simple else self._composed(origin, get_args(kind))

    def _composed(self, origin: Any, arguments: tuple[Any, ...]) -> Value:
        if origin is Literal:
            return st.sampled_from(arguments)
        if origin in (Union, UnionType):
            return st.one_of(*(self.values(argument) for argument in arguments if argument is not NoneType))
        if origin is tuple:
            return st.lists(self.values(arguments[0]), max_size=2)
        assert origin is dict, f"the models have no {origin}"
        return st.dictionaries(TEXTS, self.values(arguments[1]), max_size=2)

    def _annotated(self, bare: Any, meta: Meta) -> Value:
        if word(meta) == "duration":
            return st.one_of(DURATIONS, ODD_DURATIONS) if self.is_spoilt else DURATIONS
        beyond = 1 if self.is_spoilt else 0
        if meta.ge is None:
            return self._fitting(bare)
        return st.integers(int(meta.ge) - beyond, int(meta.le or 100) + beyond)


def _rarely(found: list[Value]) -> Value:
    """Mostly nothing, otherwise one of them."""
    return st.one_of(*[st.just({})] * 12, *([st.one_of(found)] if found else []))


def _merged(parts: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    keys, single, spelt = parts
    old = spelt.pop("", {})
    return {**keys, **single, **{other: value for other, value in spelt.items() if old[other] not in keys}}
