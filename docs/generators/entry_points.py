"""`entry-points.md`: every group of entry points, what it holds, and what krakpy itself offers in it."""
from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import EntryPoint, distribution

from krakpy_sdk import HOOKS

from krakpy.extension.contracts import CONTRACTS, Contract
from krakpy.extension.needs import HOOK_LISTS

from .writing import code, document, first_sentence, required, table

INTRODUCTION = """
An extension is a package that advertises entry points in one of these groups. The major version of the contract is in
the name of the group. krakpy's own parts come through the same groups: what stands under "of krakpy" is replaced or
joined by nothing but another package's entry point.

The name of a hook is what the configuration lists. The name of a middleware is the namespace of `extra_config` that
it answers; one without a slash is a step of the pipeline that is there without being asked for. The name of a driver
is the value of the key that chooses it.

A middleware of the seats `router`, `endpoint`, `backend` and `client` whose name ends with `@service` answers the
namespace before that where it stands at the service, and wraps every object of its seat.

Packages open further groups of drivers, for those that their extensions ask for by name: an entry point in
`krakpy.drivers.v1` has the family's name (`store`), leads to its Protocol, and opens the group `krakpy.store.v1`. See
[Writing extensions](writing-extensions.md#drivers-that-you-ask-for-by-name).
"""
HOOKS_RETURN = {"request": "Patch, Reply or None", "response": "Patch or None", "execute": "Reply", "log": "None"}


def page(contracts: Iterable[Contract] = CONTRACTS.values()) -> str:
    """The page; Undocumented for a group without purpose or a part of krakpy's without a docstring."""
    return document("Entry-point groups", INTRODUCTION, *(_section(contract) for contract in contracts))


def _section(contract: Contract) -> str:
    purpose = required(contract.purpose, f"the group {contract.group}")
    parts = [f"## `{contract.group}`", f"A **{contract.kind}**: {purpose}.", _promise(contract)]
    return "\n\n".join(part for part in (*parts, _own_parts(contract)) if part)


def _promise(contract: Contract) -> str:
    name = f"`krakpy_sdk.{contract.protocol.__name__}`"
    if contract.kind == "hook":
        return f"A subclass of {name} with at least one of these methods:\n\n{_hooks()}"
    arguments = ", ".join(contract.arguments)
    build = "Class(settings, next)" if contract.kind == "middleware" else "Class(config)"
    call = f"object({arguments})" if contract.method == "__call__" else f"object.{contract.method}({arguments})"
    return f"Built with `{build}`, used with `{call}`; the Protocol is {name}."


def _hooks() -> str:
    listed = {hook: namespace.partition("@")[0] for namespace, hooks in HOOK_LISTS.items() for hook in hooks}
    rows = [
        (code(f"{name}({', '.join(arguments)})"), _returns(name), _lists(name, listed))
        for name, arguments in HOOKS.items()
    ]
    return table(("method", "returns", "listed in"), rows)


def _lists(hook: str, listed: dict[str, str]) -> str:
    if hook == "log":
        return " or ".join(code(name.partition("@")[0]) for name, hooks in HOOK_LISTS.items() if hook in hooks)
    return code(required(listed.get(hook), f"the hook {hook}"))


def _returns(hook: str) -> str:
    return next(words for suffix, words in HOOKS_RETURN.items() if hook.endswith(suffix))


def _own_parts(contract: Contract) -> str:
    own = sorted(distribution("krakpy").entry_points.select(group=contract.group))
    rows = [(code(entry_point.name), _summary(entry_point)) for entry_point in own]
    return table(("of krakpy", "what it does"), rows)


def _summary(entry_point: EntryPoint) -> str:
    return first_sentence(entry_point.load().__doc__, entry_point.value)
