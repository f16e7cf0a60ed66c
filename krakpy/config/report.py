"""Where everything that reads the configuration writes down what it found, so that one run shows all of it."""
from __future__ import annotations

from krakpy.codes import Code
from krakpy.errors import Problem


class Report:
    """Collects problems; the place of each is a path into the file (`endpoints[3].backend[0].timeout`)."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []
        self._broken: set[str] = set()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that was found, in the order of finding."""
        return tuple(self._problems)

    @property
    def has_errors(self) -> bool:
        """Whether the configuration cannot be served."""
        return bool(self._broken)

    def error(self, code: Code, place: str, message: str, remedy: str = "") -> None:
        """Adds an error."""
        self._problems.append(Problem(code, place, message, remedy))
        self._broken.add(place)

    def warning(self, code: Code, place: str, message: str, remedy: str = "") -> None:
        """Adds a warning."""
        self._problems.append(Problem(code, place, message, remedy, "warning"))

    def add(self, problem: Problem) -> None:
        """Adds a problem that somebody else found."""
        self._problems.append(problem)
        if problem.severity == "error":
            self._broken.add(problem.place)

    def is_broken(self, place: str) -> bool:
        """Whether an error stands at the place, above it or below it: what follows from it need not be said again."""
        return any(_touch(place, broken) for broken in self._broken)


def _touch(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return longer.startswith(shorter) and (not shorter or longer[len(shorter) : len(shorter) + 1] in ("", ".", "["))


def join(place: str, key: str) -> str:
    """The place of a key inside an object, or of a path (`[0].name`, none) inside a value."""
    return place + key if key.startswith("[") or not key else f"{place}.{key}" if place else key
