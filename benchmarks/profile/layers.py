"""From the stacks of a sampler to names: which layer a sample belongs to, and which function."""
from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_FRAME = re.compile(r"(.*) \((.*?)(?::\d+)?\)")
_SYSTEM_CALLS = {
    "send": {"write", "writev", "send", "sendto", "sendmsg", "__libc_send", "__send"},
    "receive": {"read", "readv", "recv", "recvfrom", "recvmsg", "__libc_recv", "__recv"},
    "wait": {"epoll_wait", "epoll_pwait", "epoll_ctl", "poll"},
    "connect": {"connect", "accept", "accept4", "socket", "close", "shutdown"},
}
_CALL = {name: what for what, names in _SYSTEM_CALLS.items() for name in names}

#: the first that is found in a file's path names it
_LAYERS = (
    (re.compile(r"krakpy/(server|router|endpoint|backend|client|encoding|extension)/"), r"krakpy: \1"),
    (re.compile(r"/krakpy_sdk/"), "krakpy: messages"),
    (re.compile(r"/krakpy/\w+\.py$"), "krakpy: around the seats"),
    (re.compile(r"/(falcon|gunicorn|httpx|httpcore|h11|anyio|msgspec)/"), r"\1"),
    (re.compile(r"uvloop|libuv"), "event loop (uvloop)"),
    (re.compile(r"/asyncio/|_asynciomodule"), "tasks and futures (asyncio)"),
)
GARBAGE = "garbage collection"
OTHER = "the interpreter, outside of all these"


@dataclass(frozen=True)
class Frame:
    """One function on a stack."""

    function: str
    file: str

    @property
    def layer(self) -> str:
        """The layer of its file; empty: none of its own, it works for its caller."""
        for pattern, name in _LAYERS:
            if found := pattern.search(self.file):
                return found.expand(name)
        return ""

    @property
    def call(self) -> str | None:
        """What it asks of the kernel, where it is a function of the C library that does."""
        return None if self.file.endswith((".py", ".pyx")) else _CALL.get(self.function)

    @property
    def label(self) -> str:
        """Short enough for a table."""
        return f"{self.function} ({'/'.join(self.file.split('/')[-2:])})"


@dataclass(frozen=True)
class Stack:
    """Frames from the outermost to the innermost, and how often they were seen."""

    frames: Sequence[Frame]
    count: float

    @property
    def call(self) -> str | None:
        """What is asked of the kernel, if it is the kernel that was seen."""
        return self.frames[-1].call if self.frames else None

    @property
    def layer(self) -> str:
        """Where the sample was: the kernel, the collector, or the innermost frame that has a layer."""
        if any(frame.function == "gc_collect_main" for frame in self.frames):
            return GARBAGE
        layer = next((frame.layer for frame in reversed(self.frames) if frame.layer), OTHER)
        if self.call is None:
            return layer
        callers = (frame.layer for frame in reversed(self.frames) if frame.file.endswith(".py") and frame.layer)
        return f"kernel: {self.call}, from {next(callers, 'the event loop')}"

    @property
    def function(self) -> str:
        """The innermost function of Python; what C code does for it is its own."""
        return next((frame.label for frame in reversed(self.frames) if frame.file.endswith(".py")), OTHER)


def stacks(text: str) -> list[Stack]:
    """The collapsed stacks of the main thread: `thread;frame;…;frame count` a line."""
    found = []
    for line in text.splitlines():
        frames, _, count = line.rpartition(" ")
        thread, *rest = frames.split(";")
        if "MainThread" in thread:
            found.append(Stack([_frame(frame) for frame in rest], int(count)))
    return _without_start(found)


def _frame(text: str) -> Frame:
    found = _FRAME.fullmatch(text)
    return Frame(found[1], found[2]) if found else Frame(text, "")


def _without_start(found: Sequence[Stack]) -> list[Stack]:
    """Without the frames of Python that all stacks begin with: they start the loop, and do no work of their own."""
    pythons = [[frame for frame in stack.frames if frame.file.endswith(".py")] for stack in found]
    start = set(pythons[0]) if pythons else set()
    for frames in pythons:
        start &= set(frames)
    return [Stack([frame for frame in stack.frames if frame not in start], stack.count) for stack in found]


def weighed(found: Sequence[Stack], system: float) -> list[Stack]:
    """The same with the kernel's share set to what the kernel itself says.

    NOTE: the sampler goes by the wall clock. A process that waits for its core is seen where it lost it, mostly in a
    system call; on a machine with other work that share would be several times too large.
    """
    calls = sum(stack.count for stack in found if stack.call)
    others = sum(stack.count for stack in found) - calls
    if not (calls and others):
        return list(found)
    return [
        Stack(stack.frames, stack.count * (system / calls if stack.call else (1 - system) / others)) for stack in found
    ]


def shares(found: Iterable[Stack], what: str) -> list[tuple[str, float]]:
    """The share of each `layer` or `function` in all samples, the largest first."""
    counts: defaultdict[str, float] = defaultdict(float)
    for stack in found:
        counts[getattr(stack, what)] += stack.count
    total = sum(counts.values())
    return sorted(((name, count / total) for name, count in counts.items()), key=lambda pair: -pair[1])
