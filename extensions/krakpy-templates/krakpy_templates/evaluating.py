"""Evaluates pipelines: commands, fields, variables and calls of functions.

A value is what `values` says; ABSENT stands for what is not there, which is no error until somebody needs it.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from krakpy_templates.errors import CallError, TemplateError, located
from krakpy_templates.nodes import (
    Bool,
    Chain,
    Command,
    Dot,
    Field,
    Name,
    Nil,
    Node,
    Number,
    Operand,
    Pipe,
    String,
    Template,
    Variable,
)
from krakpy_templates.signatures import GO_NAMES, Function, Unsuitable, suited
from krakpy_templates.values import ABSENT, NilMap, is_true, type_name

MOST_STEPS = 1_000_000
"""How many commands and statements a rendering may carry out: what has no end is stopped there."""

_NOTHING = object()


class Frame:
    """One template that is being carried out, with its variables."""

    def __init__(self, template: Template, data: Any) -> None:
        self.template = template
        self.variables: list[tuple[str, list[Any]]] = [("$", [data])]

    def cell(self, name: str) -> list[Any] | None:
        """Where the innermost variable of a name keeps its value."""
        return next((cell for known, cell in reversed(self.variables) if known == name), None)


class Evaluation:
    """Evaluates what stands between delimiters, with the functions that there are."""

    def __init__(self, functions: Mapping[str, Function], most_steps: int = MOST_STEPS) -> None:
        self._functions = functions
        self._most_steps = most_steps
        self._steps = 0

    def pipe(self, frame: Frame, dot: Any, pipe: Pipe) -> Any:
        """The value of a pipeline; it is given to its variables."""
        value: Any = _NOTHING
        for command in pipe.commands:
            value = self._command(frame, dot, command, value)
            value = ABSENT if value is None else value
        for name in pipe.variables:
            if pipe.is_assignment:
                self.assign(frame, name, value, pipe)
            else:
                frame.variables.append((name, [value]))
        return value

    def assign(self, frame: Frame, name: str, value: Any, node: Node) -> None:
        """Gives a variable another value."""
        cell = frame.cell(name)
        if cell is None:
            raise self.error(frame, node, f"undefined variable: {name}")
        cell[0] = value

    def step(self, frame: Frame, node: Node) -> None:
        """Counts what is done, and ends what does not end."""
        self._steps += 1
        if self._steps > self._most_steps:
            raise self.error(frame, node, f"the template does not end: {self._most_steps} steps were not enough")

    def error(self, frame: Frame, node: Node, message: str) -> TemplateError:
        """The error at a node, told as Go tells it."""
        template = frame.template
        shown = f"executing {template.name!r} at <{node.text}>: {message}" if node.text else message
        return located(shown, template.file, template.source, node.position)

    def _command(self, frame: Frame, dot: Any, command: Command, final: Any) -> Any:
        self.step(frame, command)
        first, arguments = command.words[0], command.words[1:]
        if isinstance(first, Name):
            return self._function(frame, dot, first, arguments, final)
        if isinstance(first, Field | Variable | Chain) and first.names:
            return self._chain(frame, dot, self._start(frame, dot, first), first, first.names, arguments, final)
        if arguments or final is not _NOTHING:
            raise self.error(frame, first, f"can't give argument to non-function {first.text}")
        if isinstance(first, Nil):
            raise self.error(frame, first, "nil is not a command")
        return self._value(frame, dot, first)

    def _value(self, frame: Frame, dot: Any, node: Operand) -> Any:
        """The value of an operand that stands alone."""
        match node:
            case Dot():
                return dot
            case Pipe():
                return self.pipe(frame, dot, node)
            case Name():
                return self._function(frame, dot, node, (), _NOTHING)
            case Field() | Variable() | Chain():
                return self._chain(frame, dot, self._start(frame, dot, node), node, node.names, (), _NOTHING)
            case Number():
                return self._constant(frame, node)
        return None if isinstance(node, Nil) else node.value

    def _start(self, frame: Frame, dot: Any, node: Field | Variable | Chain) -> Any:
        """What the first of an operand's fields is looked for in."""
        if isinstance(node, Field):
            return dot
        return self._variable(frame, node) if isinstance(node, Variable) else self._value(frame, dot, node.node)

    def _constant(self, frame: Frame, node: Number) -> Any:
        if node.value is None:
            raise self.error(frame, node, f"{node.text} overflows int")
        return node.value

    def _variable(self, frame: Frame, node: Variable) -> Any:
        cell = frame.cell(node.name)
        if cell is None:
            raise self.error(frame, node, f"undefined variable: {node.name}")
        return cell[0]

    def _chain(
        self, frame: Frame, dot: Any, receiver: Any, node: Node, names: Sequence[str], arguments: Sequence[Operand],
        final: Any,
    ) -> Any:
        """A value's field, that one's field and so on; arguments are for the last."""
        for index, name in enumerate(names):
            is_last = index == len(names) - 1
            given = (arguments, final) if is_last else ((), _NOTHING)
            receiver = self._field(frame, dot, receiver, node, name, *given)
        return receiver

    def _field(
        self, frame: Frame, dot: Any, receiver: Any, node: Node, name: str, arguments: Sequence[Operand], final: Any
    ) -> Any:
        if receiver is ABSENT:
            return ABSENT
        if receiver is None:
            raise self.error(frame, node, f"nil pointer evaluating interface {{}}.{name}")
        if isinstance(receiver, dict):
            if arguments or final is not _NOTHING:
                raise self.error(frame, node, f"{name} is not a method but has arguments")
            return receiver.get(name, ABSENT)
        find = getattr(receiver, "member", None)
        member = ABSENT if find is None else find(name)
        if isinstance(member, Function):
            return self._call(frame, dot, node, name, member, arguments, final)
        raise self.error(frame, node, f"can't evaluate field {name} in type {type_name(receiver)}")

    def _function(self, frame: Frame, dot: Any, node: Name, arguments: Sequence[Operand], final: Any) -> Any:
        return self._call(frame, dot, node, node.name, self._functions[node.name], arguments, final)

    def _call(
        self, frame: Frame, dot: Any, node: Node, name: str, function: Function, arguments: Sequence[Operand],
        final: Any,
    ) -> Any:
        self._count(frame, node, name, function, len(arguments) + (final is not _NOTHING))
        if name in ("and", "or") and isinstance(node, Name):
            return self._shortest(frame, dot, name == "or", arguments, final)
        values = [self._argument(frame, dot, word, function.kind(index)) for index, word in enumerate(arguments)]
        if final is not _NOTHING:
            values.append(self._suited(frame, node, final, function.kind(len(arguments))))
        try:
            return function.call(*values)
        except CallError as error:
            raise self.error(frame, node, f"error calling {name}: {error}") from error

    def _count(self, frame: Frame, node: Node, name: str, function: Function, count: int) -> None:
        wanted = len(function.fixed)
        if function.rest is not None and count < wanted:
            raise self.error(frame, node, f"wrong number of args for {name}: want at least {wanted} got {count}")
        if function.rest is None and count != wanted:
            raise self.error(frame, node, f"wrong number of args for {name}: want {wanted} got {count}")

    def _shortest(self, frame: Frame, dot: Any, ends: bool, arguments: Sequence[Operand], final: Any) -> Any:
        """The first argument that decides an `and` or an `or`; those after it are not looked at."""
        value: Any = ABSENT
        for word in arguments:
            value = self._argument(frame, dot, word, "value")
            if is_true(value) == ends:
                return value
        return value if final is _NOTHING else final

    def _argument(self, frame: Frame, dot: Any, node: Operand, kind: str) -> Any:
        if isinstance(node, Bool | String | Number) and kind not in ("any", "value"):
            return self._literal(frame, node, kind)
        if isinstance(node, Nil):
            if kind not in ("any", "value", "map"):
                raise self.error(frame, node, f"cannot assign nil to {kind}")
            return NilMap() if kind == "map" else None
        return self._suited(frame, node, self._value(frame, dot, node), kind)

    def _literal(self, frame: Frame, node: Bool | String | Number, kind: str) -> Any:
        """A constant becomes what the argument has to be, if it can."""
        value: Any
        if isinstance(node, Number):
            value = {"int": node.whole, "float64": node.fraction}.get(kind)
        else:
            value = node.value if kind == {Bool: "bool", String: "string"}[type(node)] else None
        if value is None:
            expected = {"int": "integer", "float64": "float"}.get(kind, GO_NAMES.get(kind, kind))
            raise self.error(frame, node, f"expected {expected}; found {node.text}")
        return value

    def _suited(self, frame: Frame, node: Node, value: Any, kind: str) -> Any:
        try:
            return suited(value, kind)
        except Unsuitable as error:
            raise self.error(frame, node, str(error)) from error
