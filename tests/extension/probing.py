"""Extensions with a source of their own, for the tests of the probe."""
import pytest

from krakpy.extension.probe import Instance, Job, probe
from tests.distributions import HOOK

#: for what does not hang
PATIENCE_S = 20.0
MEMORY_BYTES = 512 * 1024**2
USE = Instance("endpoints[0].x", "bad", "hook", hooks=("endpoint_request",))


@pytest.fixture
def examine(site):
    """Probe extensions with these sources; one that ends well has a hook as well."""

    def examine(*sources, entry="acme_bad{}:Hook", instances=(USE,), deadline_s=PATIENCE_S, **job):
        jobs = []
        for number, source in enumerate(sources):
            suffix = number or ""
            modules = {f"acme_bad{suffix}.py": f"{source}\n{HOOK}"}
            site.add(f"acme-bad{suffix}", "1.2", hooks={f"bad{suffix}": entry.format(suffix)}, modules=modules)
            [candidate] = site.catalog().find(["hooks"], f"bad{suffix}")
            jobs.append(Job(candidate, instances, deadline_s, **{"memory_bytes": MEMORY_BYTES, **job}))
        return probe(jobs)

    return examine
