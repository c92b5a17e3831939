"""Is the customer asked which of two is meant when neither is clearly ahead, and only then?"""

import pytest

from bot.nlu.close_call import close_call


def ranking(*pairs):
    rest = 1 - sum(probability for _, probability in pairs)
    return [*pairs, ("out_of_scope", rest)]


def test_two_requests_close_to_each_other_are_asked_about():
    close = ranking(("explain_bill", 0.42), ("dispute_charge", 0.4))
    assert close_call(close) == ["explain_bill", "dispute_charge"]


@pytest.mark.parametrize(
    "likely",
    [
        ranking(("explain_bill", 0.8), ("dispute_charge", 0.1)),  # clearly ahead
        ranking(("talk_to_human", 0.45), ("file_complaint", 0.4)),  # no requests
        ranking(("explain_bill", 0.45), ("deny", 0.4)),
        ranking(("explain_bill", 0.14), ("dispute_charge", 0.13)),  # neither is likely
        [("explain_bill", 1.0)],
        [],
    ],
)
def test_what_is_clear_or_no_choice_of_requests_is_not_asked(likely):
    assert close_call(likely) == []
