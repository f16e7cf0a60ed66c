"""Loading through stevedore: the only importer of it. Its managers get vetted entry points, never its discovery.

    manager = VettedManager("hooks", candidates)
    manager.failed      # what an import raised, by id
"""
from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import EntryPoint
from typing import Any

from stevedore import named

from krakpy.extension.catalog import Candidate
from krakpy.extension.contracts import contract_of


class GuardedEntryPoint(EntryPoint):
    """An entry point whose load turns whatever an import raises into an ImportError, which stevedore reports."""

    def load(self) -> Any:
        try:
            return super().load()
        except BaseException as error:
            raise ImportError(f"{type(error).__name__}: {error}") from error


class VettedManager(named.NamedExtensionManager[Any]):
    """stevedore's manager over these entry points and no others: no discovery of its own, no cache on disk."""

    def __init__(self, family: str, candidates: Iterable[Candidate]) -> None:
        # NOTE: named by canonical id, so that two distributions can never meet under one name
        self._vetted = [GuardedEntryPoint(c.id, c.target, c.entry_point.group) for c in candidates]
        self.failed: dict[str, BaseException] = {}
        names = [entry_point.name for entry_point in self._vetted]
        super().__init__(
            contract_of(family).group,
            names,
            on_load_failure_callback=lambda _, entry_point, error: self._note(entry_point.name, error),
            on_missing_entrypoints_callback=None,
        )

    def _note(self, id: str, error: BaseException) -> None:
        self.failed[id] = error.__cause__ or error

    def list_entry_points(self) -> list[EntryPoint]:
        return list(self._vetted)


def imported(target: str) -> Any:
    """What `module:attribute` leads to; ImportError for whatever the import raises."""
    return GuardedEntryPoint("", target, "").load()
