"""Parses Go's template language: the structure, from texts and actions to whole templates.

    parse("{{ range .list }}{{ . }}{{ end }}", "krakend.json", functions={"len", …})["krakend.json"]
"""
from __future__ import annotations

from collections.abc import Container

from krakpy_templates.errors import TemplateError
from krakpy_templates.lexing import Token, tokens
from krakpy_templates.literals import unquote
from krakpy_templates.nodes import Action, Body, Branch, Break, Call, Continue, Pipe, Statement, Template, Text
from krakpy_templates.pipelines import Pipelines


def parse(source: str, file: str, functions: Container[str]) -> dict[str, Template]:
    """The templates of a file: its own, by the file's name, and those that it defines. Raises TemplateError."""
    try:
        return Parser(source, file, functions).file()
    except RecursionError:
        raise TemplateError("statements stand too deep inside one another", file=file) from None


class Parser(Pipelines):
    """Reads statements; what stands inside of them is read by Pipelines."""

    def __init__(self, source: str, file: str, functions: Container[str]) -> None:
        super().__init__(tokens(source, file), source, file, functions)
        self._found: dict[str, Template] = {}
        self._ranges = 0

    def file(self) -> dict[str, Template]:
        """Everything that the file defines."""
        statements: list[Statement] = []
        while self._peek().kind != "eof":
            if self._is_definition():
                self._define()
                continue
            statement, end = self._statement()
            if end is not None:
                raise self._error(f"unexpected {{{{{end.kind}}}}}", end)
            statements += statement
        self._add(self._file, tuple(statements))
        return self._found

    def _is_definition(self) -> bool:
        return self._peek().kind == "left" and self._after(1).kind == "define"

    def _define(self) -> None:
        self._next()
        self._next_word()
        name = self._template_name("define clause")
        self._expect("close", "define clause")
        outside, self._variables = self._variables, ["$"]
        ranges, self._ranges = self._ranges, 0
        body, end = self._body()
        self._variables, self._ranges = outside, ranges
        if end.kind != "end":
            raise self._error(f"unexpected {{{{{end.kind}}}}} in define clause", end)
        self._add(name, body)

    def _add(self, name: str, body: Body) -> None:
        template = Template(name=name, file=self._file, source=self._source, body=body)
        known = self._found.get(name)
        if known is not None and not known.is_empty:
            if template.is_empty:
                return
            raise self._error(f"multiple definition of template {name!r}", self._peek())
        self._found[name] = template

    def _body(self) -> tuple[Body, Token]:
        """The statements up to an `end` or an `else`, and which of the two it was."""
        statements: list[Statement] = []
        while self._peek().kind != "eof":
            statement, end = self._statement()
            if end is not None:
                return tuple(statements), end
            statements += statement
        raise self._error("unexpected EOF", self._peek())

    def _statement(self) -> tuple[list[Statement], Token | None]:
        token = self._next()
        if token.kind == "text":
            return [Text(position=token.position, text=token.text)], None
        word = self._next_word()
        if word.kind in ("end", "else"):
            self._close(word)
            return [], word
        return [self._action(word)], None

    def _close(self, word: Token) -> None:
        """`{{ else if` and `{{ else with` go on behind the `else`."""
        if word.kind == "end" or self._peek_word().kind not in ("if", "with"):
            self._expect("close", word.kind)

    def _action(self, word: Token) -> Statement:
        if word.kind in ("if", "with", "range"):
            return self._branch(word)
        if word.kind in ("break", "continue"):
            return self._jump(word)
        if word.kind == "template":
            return self._call(word)
        if word.kind == "block":
            return self._block(word)
        self._back_to(word)
        pipe = self._pipe("command", "close")
        return Action(position=pipe.position, text=pipe.text, pipe=pipe)

    def _branch(self, word: Token) -> Branch:
        known = len(self._variables)
        pipe = self._pipe(word.kind, "close")
        self._ranges += word.kind == "range"
        body, end = self._body()
        self._ranges -= word.kind == "range"
        otherwise = self._otherwise(word) if end.kind == "else" else None
        del self._variables[known:]
        return Branch(
            position=pipe.position, text=pipe.text, kind=word.kind, pipe=pipe, body=body, otherwise=otherwise
        )

    def _otherwise(self, word: Token) -> Body:
        following = self._peek_word()
        if following.kind in ("if", "with"):
            if following.kind != word.kind:
                raise self._error(f"unexpected {{{{else {following.kind}}}}} in {word.kind}", following)
            return (self._branch(self._next_word()),)
        body, end = self._body()
        if end.kind != "end":
            raise self._error("expected end; found {{else}}", end)
        return body

    def _jump(self, word: Token) -> Break | Continue:
        self._expect("close", f"{{{{{word.kind}}}}}")
        if not self._ranges:
            raise self._error(f"{{{{{word.kind}}}}} outside {{{{range}}}}", word)
        return (Break if word.kind == "break" else Continue)(position=word.position, text=word.kind)

    def _call(self, word: Token) -> Call:
        name = self._template_name("template clause")
        return Call(position=word.position, text=f"template {name!r}", name=name, pipe=self._argument())

    def _argument(self) -> Pipe | None:
        if self._peek_word().kind == "close":
            self._next_word()
            return None
        return self._pipe("template clause", "close")

    def _block(self, word: Token) -> Call:
        name = self._template_name("block clause")
        pipe = self._pipe("block clause", "close")
        outside, self._variables = self._variables, ["$"]
        body, end = self._body()
        self._variables = outside
        if end.kind != "end":
            raise self._error(f"unexpected {{{{{end.kind}}}}} in block clause", end)
        self._add(name, body)
        return Call(position=word.position, text=f"template {name!r}", name=name, pipe=pipe)

    def _template_name(self, context: str) -> str:
        token = self._next_word()
        if token.kind != "string":
            raise self._unexpected(token, context)
        try:
            return unquote(token.text)
        except ValueError as error:
            raise self._error(str(error), token) from error
