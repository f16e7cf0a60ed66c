"""Parses what stands between the delimiters of an action: pipelines, commands and their operands."""
from __future__ import annotations

from collections.abc import Container, Sequence

from krakpy_templates import literals
from krakpy_templates.errors import TemplateError, located
from krakpy_templates.lexing import Token
from krakpy_templates.nodes import (
    Bool,
    Chain,
    Command,
    Dot,
    Field,
    Name,
    Nil,
    Number,
    Operand,
    Pipe,
    String,
    Variable,
)

DEEPEST = 60
"""How many parentheses may stand inside one another."""

_OPERANDS = frozenset({"bool", "char", "dot", "field", "word", "number", "nil", "string", "variable", "open"})
_WITHOUT_FIELDS = (Bool, String, Number, Nil, Dot)


class Pipelines:
    """The tokens of a file and how far they are read."""

    def __init__(self, found: Sequence[Token], source: str, file: str, functions: Container[str]) -> None:
        self._tokens = found
        self._index = 0
        self._source = source
        self._file = file
        self._functions = functions
        self._variables = ["$"]
        self._depth = 0

    def _pipe(self, context: str, end: str) -> Pipe:
        """The pipeline up to a token, which is taken too."""
        start = self._peek_word()
        variables, is_assignment = self._declared(context)
        commands: list[Command] = []
        while (token := self._next_word()).kind != end:
            if token.kind not in _OPERANDS:
                raise self._unexpected(token, context)
            self._back_to(token)
            commands.append(self._command())
        self._check(commands, context, token)
        return Pipe(
            position=start.position,
            text=self._source[start.position : token.position].strip(),
            commands=tuple(commands),
            variables=variables,
            is_assignment=is_assignment,
        )

    def _check(self, commands: Sequence[Command], context: str, end: Token) -> None:
        if not commands:
            raise self._error(f"missing value for {context}", end)
        for stage, command in enumerate(commands[1:], 2):
            if isinstance(command.words[0], _WITHOUT_FIELDS):
                raise self._error(f"non executable command in pipeline stage {stage}", end)

    def _declared(self, context: str) -> tuple[tuple[str, ...], bool]:
        """The variables before `:=` or `=`, and whether it was `=`."""
        names: list[str] = []
        while (token := self._peek_word()).kind == "variable":
            start = self._index
            self._next_word()
            following = self._next_word()
            if following.kind in ("declare", "assign"):
                self._introduce([*names, token.text], following)
                return (*names, token.text), following.kind == "assign"
            if following.text != ",":
                self._index = start
                break
            names.append(token.text)
            self._check_list(names, context, following)
        self._variables += names
        return tuple(names), False

    def _introduce(self, names: Sequence[str], sign: Token) -> None:
        if sign.kind == "declare":
            self._variables += names
            return
        for name in names:
            self._check_variable(name, sign)

    def _check_list(self, names: Sequence[str], context: str, token: Token) -> None:
        if context != "range" or len(names) > 1:
            raise self._error(f"too many declarations in {context}", token)
        if self._peek_word().kind not in ("variable", "close", "shut"):
            raise self._error("range can only initialize variables", token)

    def _command(self) -> Command:
        start = self._peek_word()
        words: list[Operand] = []
        while True:
            operand = self._operand()
            if operand is not None:
                words.append(operand)
            end = self._next()
            if end.kind == "space":
                continue
            if end.kind in ("close", "shut"):
                self._back_to(end)
            elif end.kind != "pipe":
                raise self._unexpected(end, "operand")
            break
        if not words:
            raise self._error("empty command", end)
        text = self._source[start.position : end.position].strip()
        return Command(position=start.position, text=text, words=tuple(words))

    def _operand(self) -> Operand | None:
        node = self._term()
        if node is None or self._peek().kind != "field":
            return node
        first = self._peek()
        names: list[str] = []
        while self._peek().kind == "field":
            names.append(self._next().text[1:])
        text = f"{node.text}.{'.'.join(names)}"
        if isinstance(node, Field):
            return Field(position=first.position, text=text, names=(*node.names, *names))
        if isinstance(node, Variable):
            return Variable(position=first.position, text=text, name=node.name, names=tuple(names))
        if isinstance(node, Pipe | Name):
            return Chain(position=first.position, text=text, node=node, names=tuple(names))
        raise self._error(f"unexpected . after term {node.text!r}", first)

    def _term(self) -> Operand | None:
        token = self._next_word()
        position, text = token.position, token.text
        if token.kind == "word":
            if text not in self._functions:
                raise self._error(f"function {text!r} not defined", token)
            return Name(position=position, text=text, name=text)
        if token.kind == "variable":
            self._check_variable(text, token)
            return Variable(position=position, text=text, name=text)
        if token.kind == "field":
            return Field(position=position, text=text, names=(text[1:],))
        if token.kind == "open":
            return self._parenthesized(token)
        return self._literal(token)

    def _literal(self, token: Token) -> Operand | None:
        position, text = token.position, token.text
        try:
            match token.kind:
                case "dot":
                    return Dot(position=position, text=text)
                case "nil":
                    return Nil(position=position, text=text)
                case "bool":
                    return Bool(position=position, text=text, value=text == "true")
                case "number":
                    return literals.number(text, position)
                case "char":
                    return literals.character(text, position)
                case "string":
                    return String(position=position, text=text, value=literals.unquote(text))
        except ValueError as error:
            raise self._error(str(error), token) from error
        self._back_to(token)
        return None

    def _parenthesized(self, token: Token) -> Pipe:
        if self._depth >= DEEPEST:
            raise self._error("max expression depth exceeded", token)
        self._depth += 1
        pipe = self._pipe("parenthesized pipeline", "shut")
        self._depth -= 1
        return Pipe(
            position=pipe.position,
            text=f"({pipe.text})",
            commands=pipe.commands,
            variables=pipe.variables,
            is_assignment=pipe.is_assignment,
        )

    def _check_variable(self, name: str, token: Token) -> None:
        if name not in self._variables:
            raise self._error(f"undefined variable {name!r}", token)

    def _peek(self) -> Token:
        return self._tokens[self._index]

    def _after(self, count: int) -> Token:
        """The token so many words after the next."""
        words = (token for token in self._tokens[self._index :] if token.kind != "space")
        return [next(words, self._tokens[-1]) for _ in range(count + 1)][-1]

    def _next(self) -> Token:
        token = self._tokens[self._index]
        self._index = min(self._index + 1, len(self._tokens) - 1)
        return token

    def _peek_word(self) -> Token:
        while self._peek().kind == "space":
            self._next()
        return self._peek()

    def _next_word(self) -> Token:
        self._peek_word()
        return self._next()

    def _back_to(self, token: Token) -> None:
        while self._tokens[self._index] is not token:
            self._index -= 1

    def _expect(self, kind: str, context: str) -> Token:
        token = self._next_word()
        if token.kind != kind:
            raise self._unexpected(token, context)
        return token

    def _unexpected(self, token: Token, context: str) -> TemplateError:
        shown = token.text.strip() or token.kind
        return self._error(f"unexpected {shown!r} in {context}", token)

    def _error(self, message: str, token: Token) -> TemplateError:
        return located(message, self._file, self._source, token.position)
