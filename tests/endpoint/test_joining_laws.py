"""What holds for merging whatever the documents are."""
from hypothesis import given
from hypothesis import strategies as st
from krakpy_sdk import Response

from krakpy.endpoint.joining import union

documents = st.dictionaries(st.sampled_from("abcde"), st.integers(0, 9) | st.none() | st.just({"x": 1}), max_size=4)
answers = st.builds(Response, data=documents | st.none(), is_complete=st.booleans())
several = st.lists(answers, min_size=2, max_size=4)


def joined(*responses):
    return union(responses, is_complete=True)


def told(response):
    return response.data, response.is_complete


@given(several, answers, answers)
def test_it_does_not_matter_which_are_merged_first(first, second, third):
    at_once = joined(*first, second, third)
    assert told(joined(joined(*first), second, third)) == told(at_once)
    assert told(joined(*first, joined(second, third))) == told(at_once)


@given(answers, st.booleans())
def test_an_empty_answer_changes_nothing(answer, is_first):
    empty = Response(data={}, is_complete=True)
    pair = (empty, answer) if is_first else (answer, empty)
    assert told(joined(*pair)) == (answer.data or {}, answer.is_complete and answer.data is not None)


@given(answers)
def test_the_same_answer_twice_is_that_answer(answer):
    assert told(joined(answer, answer)) == (answer.data or {}, answer.is_complete and answer.data is not None)


@given(several, st.randoms(use_true_random=False))
def test_the_order_counts_for_keys_that_several_have_and_for_nothing_else(responses, random):
    mixed = random.sample(responses, len(responses))
    one, other = joined(*responses), joined(*mixed)
    assert one.is_complete == other.is_complete
    assert one.data is not None
    assert other.data is not None
    assert one.data.keys() == other.data.keys()
    for key, value in one.data.items():
        holders = [answer.data for answer in responses if answer.data and key in answer.data]
        assert value == holders[-1][key]
        assert len(holders) > 1 or other.data[key] == value


@given(several)
def test_an_answer_of_several_is_complete_when_every_one_is_and_lacks_nothing(responses):
    assert joined(*responses).is_complete is all(answer.is_complete and answer.data is not None for answer in responses)
