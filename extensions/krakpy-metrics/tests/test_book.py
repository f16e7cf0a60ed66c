"""Figures of several processes are summed, outlive who wrote them, and never grow without end."""
import multiprocessing
import os
from pathlib import Path

import pytest
from krakpy_metrics.book import TOO_MANY, Book, fold, read

KEY = ("time", "/a", "200")


def written(folder, *values, key=KEY):
    """Count these in a process of its own, which ends."""
    child = multiprocessing.get_context("fork").Process(target=_write, args=(folder, key, values))
    child.start()
    child.join()
    assert child.exitcode == 0


def _write(folder, key, values):
    series = Book(folder).series(key)
    for value in values:
        series.add(value)
    os._exit(0)


@pytest.fixture
def folder(tmp_path):
    return str(tmp_path)


def test_what_was_added_is_read(folder):
    book = Book(folder)
    for value in (0.5, 0.002, 3.0):
        book.series(KEY).add(value)
    found = read(folder)[KEY]
    assert (found.count, found.total, found.least, found.most) == (3, 3.502, 0.002, 3.0)
    assert (sum(found.buckets), found.buckets[1], found.buckets[9], found.buckets[11]) == (3, 1, 0, 1)


def test_processes_are_summed_though_they_have_ended(folder):
    written(folder, 0.5, 1.5)
    written(folder, 4.0)
    found = read(folder)[KEY]
    assert (found.count, found.total, found.least, found.most) == (3, 6.0, 0.5, 4.0)


def test_folding_changes_no_figure_and_leaves_no_file_behind(folder):
    written(folder, 0.5, 1.5)
    written(folder, 4.0, key=("size", "/a", "200"))
    before = read(folder)
    fold(folder)
    fold(folder)
    assert read(folder) == before
    assert sorted(path.name for path in Path(folder, "metrics").iterdir()) == ["lock", "past.figures", "past.keys"]


def test_folding_adds_to_what_was_folded_before(folder):
    for _ in range(3):
        written(folder, 1.0)
        fold(folder)
    assert read(folder)[KEY].count == 3


def test_who_lives_is_not_folded(folder):
    book = Book(folder)
    book.series(KEY).add(1.0)
    fold(folder)
    book.series(KEY).add(1.0)
    assert read(folder)[KEY].count == 2


def test_too_many_series_are_counted_as_one(folder):
    book = Book(folder, most=3)
    for number in range(9):
        book.series((str(number),)).add(1.0)
    found = read(folder)
    assert (len(found), found[TOO_MANY].count) == (3, 7)


def test_a_series_is_made_once(folder):
    book = Book(folder)
    assert book.series(KEY) is book.series(KEY)


def test_only_the_owner_can_look(folder):
    Book(folder)
    assert Path(folder, "metrics").stat().st_mode & 0o777 == 0o700


def test_a_file_that_is_gone_meanwhile_is_left_out(folder):
    written(folder, 1.0)
    for path in Path(folder, "metrics").glob("*.figures"):
        path.unlink()
    assert read(folder) == {}
