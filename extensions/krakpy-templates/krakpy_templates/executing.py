"""Renders a template: writes its texts and the values of its actions.

    Rendering(templates, functions).run("krakend.json", settings)
"""
from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import Any

from krakpy_templates.errors import TemplateError
from krakpy_templates.evaluating import MOST_STEPS, Evaluation, Frame
from krakpy_templates.formatting import printed
from krakpy_templates.nodes import Action, Body, Branch, Break, Call, Node, Pipe, Statement, Template, Text
from krakpy_templates.signatures import Function
from krakpy_templates.values import ABSENT, is_true, is_whole, type_name

DEEPEST = 100
"""How many templates may call one another."""

LARGEST = 64 * 1024 * 1024
"""How many characters a rendering may have."""


class _Broken(Exception):
    """`{{ break }}`"""


class _Continued(Exception):
    """`{{ continue }}`"""


class Rendered:
    """A text, and where each of its lines comes from."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._starts: list[int] = []
        self._origins: list[tuple[Template, int]] = []
        self.length = 0

    @property
    def text(self) -> str:
        """Everything that was written."""
        return "".join(self._parts)

    def write(self, text: str, template: Template, position: int) -> None:
        """Adds a text that comes from a position of a template's file."""
        if not text:
            return
        self._starts.append(self.length)
        self._origins.append((template, position))
        self._parts.append(text)
        self.length += len(text)

    def origin(self, line: int, column: int) -> str:
        """`file:line` of what stands at a line and column, which count from 1."""
        lines = self.text.splitlines(keepends=True)
        offset = sum(map(len, lines[: line - 1])) + max(column - 1, 0)
        index = bisect_right(self._starts, offset) - 1
        if index < 0:
            return ""
        template, position = self._origins[index]
        if template.source.startswith(self._parts[index], position):
            position += offset - self._starts[index]
        return f"{template.file}:{template.source.count(chr(10), 0, position) + 1}"


class Rendering(Evaluation):
    """One rendering; raises TemplateError."""

    def __init__(
        self, templates: Mapping[str, Template], functions: Mapping[str, Function], most_steps: int = MOST_STEPS
    ) -> None:
        super().__init__(functions, most_steps)
        self._templates = templates
        self._depth = 0
        self.rendered = Rendered()

    def run(self, name: str, data: Any) -> Rendered:
        """What a template makes of the data."""
        frame = Frame(self._templates[name], data)
        try:
            self._body(frame, data, frame.template.body)
        except RecursionError:
            raise TemplateError("the template calls itself too deep", file=name) from None
        return self.rendered

    def _body(self, frame: Frame, dot: Any, body: Body) -> None:
        for statement in body:
            self._statement(frame, dot, statement)

    def _statement(self, frame: Frame, dot: Any, statement: Statement) -> None:
        self.step(frame, statement)
        if isinstance(statement, Text):
            self._write(frame, statement.text, statement)
        elif isinstance(statement, Action):
            self._action(frame, dot, statement)
        elif isinstance(statement, Branch):
            self._branch(frame, dot, statement)
        elif isinstance(statement, Call):
            self._template(frame, dot, statement)
        else:
            raise _Broken if isinstance(statement, Break) else _Continued

    def _action(self, frame: Frame, dot: Any, action: Action) -> None:
        value = self.pipe(frame, dot, action.pipe)
        if not action.pipe.variables:
            self._write(frame, printed(value), action)

    def _write(self, frame: Frame, text: str, node: Node) -> None:
        if self.rendered.length + len(text) > LARGEST:
            raise self.error(frame, node, f"the rendered text is longer than {LARGEST} characters")
        self.rendered.write(text, frame.template, node.position)

    def _branch(self, frame: Frame, dot: Any, branch: Branch) -> None:
        known = len(frame.variables)
        value = self.pipe(frame, dot, branch.pipe)
        if branch.kind == "range":
            self._range(frame, dot, branch, value)
        elif is_true(value):
            self._body(frame, value if branch.kind == "with" else dot, branch.body)
        elif branch.otherwise is not None:
            self._body(frame, dot, branch.otherwise)
        del frame.variables[known:]

    def _range(self, frame: Frame, dot: Any, branch: Branch, value: Any) -> None:
        items = self._items(frame, branch, value)
        known = len(frame.variables)
        try:
            for key, item in items:
                self.step(frame, branch)
                self._bind(frame, branch.pipe, key, item)
                try:
                    self._body(frame, item, branch.body)
                except _Continued:
                    pass
                del frame.variables[known:]
        except _Broken:
            return
        if not items and branch.otherwise is not None:
            self._body(frame, dot, branch.otherwise)

    def _items(self, frame: Frame, branch: Branch, value: Any) -> Any:
        """Pairs of key and item, in the order of their keys."""
        if isinstance(value, list):
            return list(enumerate(value))
        if isinstance(value, dict):
            return [(key, value[key]) for key in sorted(value)]
        if value is ABSENT:
            return ()
        if is_whole(value):
            if len(branch.pipe.variables) > 1:
                message = f"can't use {value} to iterate over more than one variable"
                raise self.error(frame, branch, message)
            return _Counted(value)
        raise self.error(frame, branch, f"range can't iterate over {printed(value)} of type {type_name(value)}")

    def _bind(self, frame: Frame, pipe: Pipe, key: Any, item: Any) -> None:
        """Gives the variables of a `range` their values: the item, or the key and the item."""
        values = (key, item) if len(pipe.variables) > 1 else (item,)
        for name, value in zip(pipe.variables, values, strict=False):
            self.assign(frame, name, value, pipe)

    def _template(self, frame: Frame, dot: Any, call: Call) -> None:
        template = self._templates.get(call.name)
        if template is None:
            known = ", ".join(sorted(self._templates))
            raise self.error(frame, call, f"template {call.name!r} not defined; there are {known}")
        if self._depth == DEEPEST:
            raise self.error(frame, call, f"exceeded maximum template depth ({DEEPEST})")
        data = ABSENT if call.pipe is None else self.pipe(frame, dot, call.pipe)
        self._depth += 1
        self._body(Frame(template, data), data, template.body)
        self._depth -= 1


class _Counted:
    """0 up to a number, as pairs."""

    def __init__(self, count: int) -> None:
        self._numbers = range(count)

    def __iter__(self) -> Iterator[tuple[None, int]]:
        return ((None, number) for number in self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)
