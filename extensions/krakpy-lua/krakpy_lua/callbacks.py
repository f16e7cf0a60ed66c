"""What Lua calls in Python: small functions over the exchange that runs, by the names that `*.lua` know.

Texts cross as ISO-8859-1, one character for each byte. None of them raises, and none gives a text without asking
whether there is room for it.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from krakpy_lua.calls import Answer, Asked
from krakpy_lua.exchange import Exchange
from krakpy_lua.objects import NO_ROOM, Given

HasRoom = Callable[[int], bool]
_MOST_PRINTED = 1000


class Callbacks:
    """The functions, and the exchange that they are about."""

    exchange: Exchange

    def __init__(self, has_room: HasRoom) -> None:
        self._has_room = has_room

    def by_name(self) -> dict[str, Callable[..., Any]]:
        """All functions, as `py.NAME` has them."""
        found = {name: getattr(self, name) for name in dir(type(self)) if not name.startswith("_")}
        del found["by_name"]
        return found

    def print(self, text: str) -> None:
        printed = self.exchange.printed
        if len(printed) < _MOST_PRINTED:
            printed.append(text[:10_000])

    # Tables and lists

    def new_table(self, *members: Any) -> int | None:
        return self.exchange.objects.new_table(members)

    def new_list(self) -> int:
        return self.exchange.objects.new_list([])

    def append(self, handle: int, *values: str) -> None:
        self.exchange.objects.append(handle, *values)

    def as_list(self, handle: int) -> int:
        return self.exchange.objects.as_list(handle)

    def len(self, handle: int) -> int:
        return self.exchange.objects.length(handle)

    def table_get(self, handle: int, key: str) -> Given:
        return self.exchange.objects.table_get(handle, key)

    def table_set(self, handle: int, key: str, value: Any) -> bool:
        return self.exchange.objects.table_set(handle, key, value)

    def table_put(self, handle: int, key: str, other: int) -> bool:
        return self.exchange.objects.table_put(handle, key, other)

    def table_del(self, handle: int, key: str) -> None:
        self.exchange.objects.table_delete(handle, key)

    def table_has(self, handle: int, key: str) -> bool:
        return self.exchange.objects.table_has(handle, key)

    def table_keys(self, handle: int) -> int:
        return self.exchange.objects.table_keys(handle)

    def list_get(self, handle: int, index: float) -> Given:
        return self.exchange.objects.list_get(handle, index)

    def list_grow(self, handle: int, index: float) -> tuple[bool, bool]:
        return self.exchange.objects.list_grow(handle, index)

    def list_set(self, handle: int, index: float, value: Any) -> bool:
        return self.exchange.objects.list_set(handle, index, value)

    def list_put(self, handle: int, index: float, other: int) -> bool:
        return self.exchange.objects.list_put(handle, index, other)

    def list_del(self, handle: int, index: float) -> None:
        self.exchange.objects.list_delete(handle, index)

    # Messages

    def field(self, which: int, name: str) -> Given:
        return self.exchange.objects.text(self.exchange.message(which).field(name))

    def set_field(self, which: int, name: str, text: str) -> str | None:
        problem: str | None = self.exchange.message(which).set_field(name, _text(text))
        return problem

    def has_body(self, which: int) -> bool:
        has_body: bool = self.exchange.message(which).has_body
        return has_body

    def body(self, which: int) -> Given:
        return self._bytes(self.exchange.message(which).body())

    def set_body(self, which: int, text: str) -> None:
        self.exchange.message(which).set_body(text.encode("latin-1"))

    def header(self, which: int, name: str) -> Given:
        return self.exchange.objects.raw(self.exchange.message(which).header(name))

    def set_header(self, which: int, name: str, value: str) -> bool:
        self.exchange.message(which).set_header(name, value)
        return not self.exchange.objects.takes(value)

    def remove_header(self, which: int, name: str) -> None:
        self.exchange.message(which).remove_header(name)

    def header_list(self, which: int, name: str) -> int:
        return self.exchange.objects.new_list(_unicode(self.exchange.message(which).values(name)))

    def set_header_list(self, which: int, name: str, handle: int) -> bool:
        found = self.exchange.objects[handle]
        self.exchange.message(which).set_values(name, [_field(value) for value in found.items[: found.size]])
        return not self.exchange.objects.takes(name)

    def headers(self, which: int) -> int:
        fields = self.exchange.message(which).fields()
        return self.exchange.objects.own({name: _unicode(values) for name, values in fields.items()})

    def params(self) -> int:
        return self.exchange.objects.own(dict(self.exchange.request.params()))

    def param(self, name: str) -> Given:
        return self.exchange.objects.text(self.exchange.request.param(_text(name)))

    def set_param(self, name: str, value: str) -> bool:
        self.exchange.request.set_param(_text(name), _text(value))
        return not self.exchange.objects.takes(value)

    def query(self, name: str) -> Given:
        return self.exchange.objects.text(self.exchange.request.parameter_of_query(_text(name)))

    def set_query(self, name: str, value: str) -> bool:
        self.exchange.request.set_parameter_of_query(_text(name), _text(value))
        return not self.exchange.objects.takes(value)

    def data(self) -> int:
        return self.exchange.objects.own(self._response.data())

    def is_complete(self) -> bool:
        is_complete: bool = self._response.is_complete
        return is_complete

    def set_is_complete(self, value: bool) -> None:
        self._response.set_is_complete(value)

    def status(self) -> int:
        status: int = self._response.status
        return status

    def set_status(self, status: float) -> None:
        self._response.set_status(status)

    @property
    def _response(self) -> Any:
        return self.exchange.response

    # Calls to other services

    def http_answer(self) -> int | tuple[None, str]:
        made = self.exchange.take_call()
        if made.answer is None:
            problem = made.problem.encode("utf-8", "replace").decode("latin-1")
            return (None, problem if self._has_room(len(problem)) else "not enough memory")
        return self.exchange.objects.add(made.answer)

    def http_status(self, handle: int) -> int:
        return self._answer(handle).status

    def http_header(self, handle: int, name: str) -> Given:
        return self.exchange.objects.raw((self._answer(handle).values(name) or [""])[0])

    def http_headers(self, handle: int, name: str) -> int:
        return self.exchange.objects.new_list(_unicode(self._answer(handle).values(name)))

    def http_body(self, handle: int) -> Given:
        return self._bytes(self._answer(handle).body)

    def _answer(self, handle: int) -> Answer:
        answer: Answer = self.exchange.objects[handle]
        return answer

    def _bytes(self, content: bytes) -> Given:
        return content.decode("latin-1") if self._has_room(len(content)) else NO_ROOM


def asked(exchange: Exchange, url: str, method: str, body: str, headers: int | bool) -> Asked:
    """What a script asks for, from what it has given."""
    pairs: list[Any] = []
    if headers is not False:
        pairs = exchange.objects[headers].items
    return Asked(_text(method), _text(url), body.encode("latin-1"), tuple(zip(pairs[::2], pairs[1::2], strict=True)))


def _text(text: str) -> str:
    """A text of Lua's as one of the gateway's: bytes that are no UTF-8 stay as they are."""
    return text if text.isascii() else text.encode("latin-1").decode("utf-8", "surrogateescape")


def _unicode(values: list[str]) -> list[Any]:
    return [_text(value) for value in values]


def _field(value: Any) -> str:
    """A value as that of a header field."""
    return (value if isinstance(value, str) else str(value)).encode("utf-8", "surrogateescape").decode("latin-1")
