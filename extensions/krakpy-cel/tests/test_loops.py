"""Loops may go round so often, and look at so much, and what is linear has no limit."""
import time
import tracemalloc
from typing import Any

import pytest
from krakpy_cel.config import checks_of
from krakpy_cel.expressions import VARIABLES, compiled
from krakpy_cel.loops import MAX_ADDITIONS, loops_of

LINEAR = [
    "req_method == 'GET'",
    "has(resp_data.items.all)",
    "resp_data.items.all(i, int(i.n) > 0)",
    "resp_data.items.exists(i, i.name == 'resp') && resp_data.tags.all(t, t != '(')",
    "resp_data.items.map(i, i.name).filter(n, n != 'x').size() == 2",
]
MANY: dict[str, Any] = {
    "resp_data": {"l": ["x"] * 9900, "s": "y" * 60_000}, "req_path": "z" * 60_000, "req_params": {"Id": "7"},
}  # fmt: skip
TOO_MUCH = [
    "resp_data.l.all(a, size(resp_data.l + resp_data.l) > 0)",
    "resp_data.l.map(a, resp_data.s + resp_data.s).size() > 0",
    "resp_data.l.all(a, !resp_data.s.matches('(y|y?)+z'))",
    "resp_data.l.all(a, !resp_data['s'].contains('yyyyyz'))",
    "resp_data.l.all(a, !('nope' in resp_data.l))",
    "[1,2,3,4,5,6,7,8,9,10].map(a, [1,2,3,4,5,6,7,8,9,10].map(b, [1,2,3,4,5,6,7,8,9,10].map(c, req_path))).size() > 0",
    "[resp_data.s].map(a, a + a).map(a, a + a).map(a, a + a).map(a, a + a).map(a, a + a).map(a, a + a).map(a, a + a)"
    ".map(a, a + a).size() == 1",
    "resp_data.l.all(a, // )\n !resp_data.s.contains('z'))",
]


@pytest.mark.parametrize("text", LINEAR)
def test_loops_that_look_at_their_own_member_alone_have_no_limit(text):
    assert loops_of(text, VARIABLES) is None


@pytest.mark.parametrize("text", TOO_MUCH)
def test_what_would_take_too_long_is_refused_before_it_begins(text):
    checks = compiled(checks_of([{"check_expr": text}]))
    stage = checks.after if checks.after.programs else checks.before
    tracemalloc.start()
    started = time.process_time()
    assert stage.refusal({name: value for name, value in MANY.items() if name in text}) == 0
    assert time.process_time() - started < 2
    assert tracemalloc.get_traced_memory()[1] < 50_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    "text",
    [
        "resp_data.l.all(a, a != req_params.Id)",
        "resp_data.l.exists(a, a == 'x' && req_params.Id == '7')",
        "resp_data.l.all(a, a != resp_data.s || true) || true",
    ],
)
def test_a_long_list_may_be_held_against_something_short(text):
    variables = {**MANY, "resp_data": {**MANY["resp_data"], "s": "short"}}
    assert compiled(checks_of([{"check_expr": text}])).after.refusal(variables) is None


def test_expressions_that_add_without_end_are_none():
    text = "['x']" + ".map(a, a + a)" * (MAX_ADDITIONS + 1) + ".size() == 1"
    with pytest.raises(ValueError, match="adds more than"):
        loops_of(text, VARIABLES)


@pytest.mark.parametrize("quoted", ["'(' + ", '")" + ', "'.all(' + "])
def test_brackets_in_texts_mean_nothing(quoted):
    loops = loops_of(f"resp_data.l.all(a, {quoted}a != 'x') && resp_data.s != ''", VARIABLES)
    assert loops is not None
    assert loops.seen == (("resp_data", None),)


def test_loops_in_one_another_are_never_linear():
    loops = loops_of("resp_data.l.all(a, a.t.all(b, a.s.contains(b)))", VARIABLES)
    assert loops is not None
    assert (loops.depth, loops.seen) == (2, (("resp_data", None),))
