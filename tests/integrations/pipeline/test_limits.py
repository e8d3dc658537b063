"""When a delivery as a whole gives nothing to take in, and when it only has nothing new."""

from __future__ import annotations

import pytest

from samhandla.integrations.rules.limits import nothing_taken


def codes(whole: bool, **counts: int) -> list[str]:
    return [stop.code for stop in nothing_taken({"persons": counts, "groups": {}}, whole=whole)]


@pytest.mark.parametrize("whole", [True, False])
def test_refused_rows_alone_are_a_reason_and_something_taken_is_none(whole):
    assert codes(whole, read=4, refused=3, protected=1) == ["nothing"]
    assert codes(whole, read=4, refused=3, new=1) == []
    assert codes(whole, read=4, refused=3, unchanged=1) == []


def test_only_others_rows_are_a_reason_of_a_whole_delivery_and_a_quiet_night_of_changes():
    assert codes(True, read=4, outside=4, missing=9) == ["nothing"]
    assert codes(False, read=4, outside=4) == []


def test_rows_that_are_all_left_out_on_purpose_are_no_reason():
    assert codes(True, read=2, protected=2) == codes(False, read=2, protected=2) == []


def test_no_rows_at_all_are_a_reason_of_a_whole_delivery():
    assert codes(True) == ["no_rows"]
    assert codes(False) == []
    assert codes(False, missing=2) == []


def test_the_numbers_are_those_of_all_kinds_of_rows():
    counts = {"persons": {"read": 3, "outside": 3}, "attendances": {"read": 5, "refused": 4, "protected": 1}}
    (stop,) = nothing_taken(counts, whole=True)
    assert dict(stop.numbers) == {"read": 8, "refused": 4, "outside": 3, "protected": 1}
