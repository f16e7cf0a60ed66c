"""`krakpy ext bench` measures what a call costs, in each tier."""
import pytest

from krakpy.cli.ext.costs import Cost

RAISES = """
from krakpy_sdk import Extension
class Hook(Extension):
    def endpoint_request(self): 1/0
class Retry:
    def __init__(self, settings, next):
        self._next = next
    async def __call__(self, request):
        return await self._next(request)
"""


def test_a_hook_is_measured_in_each_tier(ask, geo):
    document = ask("ext", "bench", "geo", "-n", "20")
    assert [(cost["what"], cost["tier"], cost["calls"]) for cost in document["costs"]] == [
        ("endpoint_request", "inproc", 20), ("endpoint_request", "process", 20),
    ]  # fmt: skip
    for cost in document["costs"]:
        assert 0 < cost["p5"] <= cost["p50"] <= cost["p95"] <= cost["p99"] <= cost["most"]


def test_one_tier_is_measured_if_one_is_asked_for(invoke, geo):
    result = invoke("ext", "bench", "geo", "-n", "20", "--tier", "inproc")
    assert result.exit_code == 0
    assert [line.split()[:2] for line in result.stdout.splitlines()[2:]] == [["endpoint_request", "inproc"]]


def test_a_middleware_is_measured_by_whole_requests(ask, installed):
    installed.add("acme-mw", backend={"acme/mw": "acme_mw:Retry"}, modules={"acme_mw.py": RAISES})
    document = ask("ext", "bench", "acme/mw", "-n", "20")
    assert [cost["what"] for cost in document["costs"]] == ["request without it", "request with it"]


def test_a_driver_is_measured_too(ask, installed):
    source = "class Csv:\n def __init__(self, config=None): ...\n def decode(self, body, is_collection): return {}\n"
    installed.add("acme-csv", decoder={"acme-csv": "acme_csv:Csv"}, modules={"acme_csv.py": source})
    assert ask("ext", "bench", "acme-csv", "-n", "20")["ok"] is True


def test_what_fails_has_no_figures_and_its_failure_is_told(invoke, installed):
    installed.add("acme-mw", hooks={"bad": "acme_mw:Hook"}, modules={"acme_mw.py": RAISES})
    result = invoke("ext", "bench", "bad", "-n", "20", "--tier", "inproc")
    assert (result.exit_code, "KX050" in result.stderr) == (1, True)


@pytest.mark.parametrize(
    ("share", "figure"), [("p5", 6.0), ("p50", 51.0), ("p95", 96.0), ("p99", 100.0), ("most", 100.0)]
)
def test_the_figures_are_shares_of_the_calls_in_microseconds(share, figure):
    cost = Cost.of("hook", "inproc", [number / 1e6 for number in range(100, 0, -1)])
    assert getattr(cost, share) == figure
