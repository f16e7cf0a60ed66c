"""What a template is made of, after parsing; each part knows where it stands and how it is written."""
from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """A part of a template."""

    position: int
    """Where it begins in the text of its file."""
    text: str = ""
    """As it is written."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Text(Node):
    """What is written out as it is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Dot(Node):
    """`.`"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Nil(Node):
    """`nil`"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bool(Node):
    """`true` or `false`."""

    value: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class String(Node):
    """A text in quotes; `value` is what it stands for."""

    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Number(Node):
    """A number: `value` by itself, and what it is where a whole or a fractional number is wanted (None: it is none)."""

    value: int | float | complex | None
    whole: int | None
    fraction: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Field(Node):
    """`.a.b`"""

    names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Variable(Node):
    """`$x` or `$x.a.b`"""

    name: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Name(Node):
    """The name of a function."""

    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Chain(Node):
    """`(…).a.b`, or `function.a`"""

    node: Pipe | Name
    names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Command(Node):
    """A word and its arguments."""

    words: tuple[Operand, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Pipe(Node):
    """Commands, each the last argument of the one after it, and the variables that get the value of the last."""

    commands: tuple[Command, ...]
    variables: tuple[str, ...] = ()
    is_assignment: bool = False


Operand = Dot | Nil | Bool | String | Number | Field | Variable | Name | Chain | Pipe


@dataclass(frozen=True, kw_only=True, slots=True)
class Action(Node):
    """A pipeline whose value is written out, unless it goes into a variable."""

    pipe: Pipe


@dataclass(frozen=True, kw_only=True, slots=True)
class Branch(Node):
    """`if`, `with` or `range` (`kind`); `otherwise` is None where there is no `else`."""

    kind: str
    pipe: Pipe
    body: Body
    otherwise: Body | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Call(Node):
    """`{{ template "name" pipeline }}`"""

    name: str
    pipe: Pipe | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Break(Node):
    """`{{ break }}`"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Continue(Node):
    """`{{ continue }}`"""


Statement = Text | Action | Branch | Call | Break | Continue
Body = tuple[Statement, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Template:
    """A template of its own name, and the file that it stands in."""

    name: str
    file: str
    source: str = field(repr=False)
    body: Body

    @property
    def is_empty(self) -> bool:
        """Whether nothing but space is in it: such a definition replaces no other."""
        return all(isinstance(statement, Text) and not statement.text.strip() for statement in self.body)
