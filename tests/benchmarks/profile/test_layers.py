"""Stacks become layers and functions."""
import pytest

from benchmarks.profile.layers import GARBAGE, OTHER, shares, stacks, weighed

START = 'thread (0x7): "MainThread";_run (<frozen runpy>:1);run (/site/gunicorn/workers/base.py:8)'
ROUTER, CLIENT = "find (/x/krakpy/router/trie.py:148)", "send (/x/krakpy/client/connection.py:7)"
LOOP, WRITE = "uv__write (/build/libuv-x86_64/src/stream.c:9)", "write (/usr/lib/libc.so.6)"


def layer(*frames):
    """The layer of the first of two stacks: what both begin with counts for none."""
    seen = stacks("\n".join([";".join([START, *frames]) + " 1", f"{START};{LOOP} 1"]))
    return seen[0].layer


@pytest.mark.parametrize(
    ("frames", "expected"),
    [
        ((ROUTER,), "krakpy: router"),
        ((ROUTER, "match (/lib/python3.11/re/__init__.py:1)"), "krakpy: router"),
        ((ROUTER, "_changed (/x/krakpy_sdk/messages.py:26)"), "krakpy: messages"),
        (("__call__ (/x/krakpy/asgi.py:3)",), "krakpy: around the seats"),
        ((ROUTER, "encode (/site/msgspec/_core.so)"), "msgspec"),
        ((LOOP,), "event loop (uvloop)"),
        (("step (/lib/python3.11/asyncio/tasks.py:1)",), "tasks and futures (asyncio)"),
        ((CLIENT, LOOP, WRITE), "kernel: send, from krakpy: client"),
        ((LOOP, WRITE), "kernel: send, from the event loop"),
        ((ROUTER, "gc_collect_main (/libpython.so)", "visit (/libpython.so)"), GARBAGE),
        (("0x7f00",), OTHER),
    ],
    ids=[
        "a seat", "the library works for its caller", "messages", "around", "an extension module", "the loop", "tasks",
        "a call to the kernel has a caller", "or none", "the collector", "unknown",
    ],
)
def test_a_sample_belongs_to_the_innermost_layer(frames, expected):
    assert layer(*frames) == expected


def test_c_code_counts_for_the_function_that_calls_it():
    text = f"{START};{ROUTER};sre_match (/libpython.so) 3\n{START};{LOOP} 1"
    assert shares(stacks(text), "function") == [("find (router/trie.py)", 0.75), (OTHER, 0.25)]


def test_other_threads_are_left_out():
    text = f"{START};{ROUTER} 1\n{START};{LOOP} 1\n" + 'thread (0x8): "watchdog";wait (/lib/threading.py:1) 98'
    assert sum(stack.count for stack in stacks(text)) == 2


def test_shares_are_of_all_samples_and_the_largest_is_first():
    text = f"{START};{ROUTER} 1\n{START};{CLIENT} 3"
    assert shares(stacks(text), "layer") == [("krakpy: client", 0.75), ("krakpy: router", 0.25)]


def test_the_kernels_share_is_what_the_kernel_says():
    text = f"{START};{ROUTER} 10\n{START};{CLIENT} 10\n{START};{CLIENT};{WRITE} 60\n{START};{LOOP};{WRITE} 20"
    found = shares(weighed(stacks(text), 0.2), "layer")
    assert found[:2] == [("krakpy: router", pytest.approx(0.4)), ("krakpy: client", pytest.approx(0.4))]
    assert found[2:] == [
        ("kernel: send, from krakpy: client", pytest.approx(0.15)),
        ("kernel: send, from the event loop", pytest.approx(0.05)),
    ]


def test_nothing_seen_is_no_share():
    assert shares(stacks(""), "layer") == []
