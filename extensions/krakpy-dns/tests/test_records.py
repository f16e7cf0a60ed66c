"""What weights and priorities of SRV records mean."""
import pytest
from krakpy_dns.records import Record, hosts, repeats


def http(*records, shuffle=None):
    return list(hosts([Record(*record) for record in records], "http", *([shuffle] if shuffle else [])))


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ([25, 10000, 1000], [0, 10, 1]),
        ([25, 1000, 10000, 65535], [0, 1, 13, 85]),
        ([25, 1000, 10000, 0, 65535], [0, 1, 13, 0, 85]),
        ([100, 500, 1000], [6, 31, 62]),
        ([1, 65535], [0, 1]),
        ([15015, 15016, 15017, 15018, 15019], [19, 19, 20, 20, 20]),
        ([0, 105, 210, 315, 420], [0, 1, 2, 3, 4]),
        ([10, 20, 70], [1, 2, 7]),
        ([33, 33, 34], [33, 33, 34]),
        ([7], [1]),
        ([100], [1]),
        ([0, 5], [0, 1]),
        ([0, 0, 0], [0, 0, 0]),
        ([], []),
        ([65535] * 1000, [1] * 1000),
        ([1] * 150, [1] * 150),
    ],
    ids=str,
)
def test_weights_become_as_small_as_they_can(weights, expected):
    """The numbers are those of KrakenD's own code; `[100, 500, 1000]` is `[1, 5, 10]` in its documentation alone."""
    assert repeats(weights) == expected


def test_a_host_is_listed_as_often_as_it_weighs():
    assert http((0, 2, "a.test.", 80), (0, 1, "b.test.", 81)) == [
        "http://a.test.:80", "http://a.test.:80", "http://b.test.:81",
    ]  # fmt: skip


def test_the_lowest_number_alone_counts_as_priority():
    assert http((2, 9, "c.test.", 1), (1, 1, "a.test.", 1), (2, 1, "b.test.", 1)) == ["http://a.test.:1"]


def test_heavier_hosts_come_first_and_then_names_and_ports():
    """The example of KrakenD's own test."""
    records = [(0, 2, "foobar", 90), (0, 2, "127.0.0.1", 90), (0, 2, "127.0.0.1", 80), (0, 4, "127.0.0.1", 81),
               (2, 10, "127.0.0.1", 82), (0, 0, "127.0.0.1", 83)]  # fmt: skip
    assert http(*records) == [
        "http://127.0.0.1:81", "http://127.0.0.1:81", "http://127.0.0.1:80", "http://127.0.0.1:90", "http://foobar:90",
    ]  # fmt: skip


@pytest.mark.parametrize("records", [[], [(0, 0, "a.test.", 80), (0, 0, "b.test.", 80)]], ids=["none", "no weight"])
def test_there_may_be_no_hosts(records):
    assert http(*records) == []


def test_the_scheme_is_the_backends():
    assert hosts([Record(0, 1, "a.test.", 443)], "https") == ("https://a.test.:443",)


def test_long_lists_are_shuffled():
    records = [(0, 65535, f"{number:03}.test.", 80) for number in range(101)]
    assert http(*records, shuffle=list.reverse) == [f"http://{number:03}.test.:80" for number in reversed(range(101))]


def test_shorter_lists_keep_their_order():
    records = [(0, 1, f"{number:03}.test.", 80) for number in range(100)]
    assert http(*records, shuffle=list.clear) == [f"http://{number:03}.test.:80" for number in range(100)]


NO_NAMES = [".", "", "evil.test/x.", "user@evil.test.", "a.test:80.", "a b.", "a.test.#", "a..test.", "a\\032b.", "ä."]


@pytest.mark.parametrize("target", NO_NAMES)
def test_what_is_no_host_name_is_left_out(target):
    assert http((0, 1, target, 80), (1, 1, "b.test.", 80)) == ["http://b.test.:80"]


def test_a_port_that_does_not_exist_is_left_out():
    assert http((0, 1, "a.test.", 0)) == []
