"""py-spy looks at a gateway that works."""
import json
import shutil

import pytest

from benchmarks.__main__ import main
from benchmarks.profile.sampling import sampler

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (shutil.which("wrk") and shutil.which("nginx") and sampler()),
        reason="needs: apt install wrk nginx; pip install py-spy",
    ),
]


def test_the_profile_names_the_layers_and_their_shares_are_all_of_it(tmp_path, capsys):
    status = main(["profile", "--workload", "json", "--seconds", "2", "--json", str(tmp_path / "json")])
    printed = capsys.readouterr().out
    if "ptrace" in printed:
        pytest.skip("needs ptrace")
    assert status == 0, printed
    seen = json.loads((tmp_path / "json").read_text())
    assert {"krakpy: router", "krakpy: client"} <= seen["layers"].keys()
    assert sum(seen["layers"].values()) == pytest.approx(1)
    assert seen["cpu_us"] > 1
