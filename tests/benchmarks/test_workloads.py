"""What is asked for, and what counts as its answer."""
import json

import pytest

from benchmarks import documents
from benchmarks.workloads import JSON, MB, MERGE3, NOOP, SHAPE10K, WORKLOADS, chosen


def test_names_are_unique():
    assert len({workload.name for workload in WORKLOADS}) == len(WORKLOADS)


def test_nothing_said_means_the_main_ones():
    assert [workload.name for workload in chosen([])] == ["noop", "json", "merge3", "shape10k", "mb", "boot"]


def test_patterns_choose_in_the_order_of_the_list():
    assert [workload.name for workload in chosen(["post-*", "noop"])] == ["noop", "post-1k", "post-1m"]


def test_a_name_that_is_none_is_an_error_that_tells_the_names():
    with pytest.raises(ValueError, match=r"no workload is called jsn; there are noop, json"):
        chosen(["jsn"])


def test_the_documents_have_the_sizes_they_are_named_for():
    assert (len(documents.SMALL), len(documents.MEBIBYTE)) == (150, 1024 * 1024)
    assert 14_000 < len(documents.ROWS) < 15_000


def test_documents_are_compared_as_documents_and_streams_as_bytes():
    spaced = json.dumps(json.loads(documents.SMALL), indent=2).encode()
    assert JSON.is_right(spaced)
    assert not NOOP.is_right(spaced)


@pytest.mark.parametrize("workload", [JSON, MERGE3, SHAPE10K], ids=lambda workload: workload.name)
def test_another_document_is_wrong(workload):
    assert not workload.is_right(b"{}")


def test_a_stream_that_is_cut_short_is_wrong():
    assert MB.is_right(documents.MEBIBYTE)
    assert not MB.is_right(documents.MEBIBYTE[:-1])
