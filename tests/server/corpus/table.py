"""Our own table of what has to be refused and what has to be accepted, modelled on RFC 9110, 9112 and 3986.

`rfc/*.toml` holds it: a file is a topic, a rule says what is answered and why, a case is the bytes. A string holds
one byte a character (Latin-1). `{}` in a rule's `frame` is where a case goes.
"""
import tomllib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).with_name("rfc")


@dataclass(frozen=True)
class Case:
    """Bytes that a client sends, and what has to become of them."""

    id: str
    sent: bytes
    why: str
    answers: tuple[frozenset[int], ...]
    """For each answer the statuses that it may have."""
    sees: tuple[str, ...]
    """What the application sees: method, target and body of each complete request."""
    headers: tuple[str, ...]
    """Fields, `name: value`, that the first of them has."""
    closed: bool | None
    """Whether the connection is closed without waiting for a deadline; None where both are right."""
    app: str

    @property
    def is_refused(self) -> bool:
        """Whether no part of it may be answered as a good request."""
        return not any(status < 400 for statuses in self.answers for status in statuses)


def cases() -> list[Case]:
    """Every case of the table, in the order of the files (`sizes.toml` has none: `test_sizes.py` makes them)."""
    return [
        _case(name, sent, rule)
        for path in sorted(FOLDER.glob("*.toml"))
        for rule in tomllib.loads(path.read_text("utf-8"))["rule"]
        for name, sent in rule.get("cases", {}).items()
    ]


def _case(name: str, sent, rule: dict) -> Case:
    """A case with what its rule says, where it says nothing itself."""
    own = sent if isinstance(sent, dict) else {"send": sent}
    text = own["send"]

    def words(key: str) -> tuple[str, ...]:
        return tuple(word.replace("{}", text) for word in own.get(key, rule.get(key, ())))

    answers = own.get("answers") or rule.get("answers") or [rule["answer"]]
    is_refusal = answers[-1] not in (200, 408)
    return Case(
        id=name,
        sent=rule.get("frame", "{}").replace("{}", text).encode("latin-1"),
        why=f"{rule['what']} (RFC {rule['rfc']})",
        answers=tuple(frozenset(answer if isinstance(answer, list) else [answer]) for answer in answers),
        sees=words("sees"),
        headers=words("headers"),
        closed=own.get("closed", rule.get("closed", is_refusal if "app" not in rule else None)),
        app=rule.get("app", "patient"),
    )
