"""What is finalised in any room is registered in the same transaction."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.django_db


def test_a_signed_notice_and_its_decision_are_registered(office):
    notice = office.notice()
    decision = office.document("inquiry_decision")
    assert (notice.number, decision.number) == (2, 1)
    assert notice.child_id == decision.child_id == office.cast.child["alma"].pk
    assert (decision.public, decision.likely) == (True, "none")
    assert (notice.public, notice.likely) == (False, "osl_23_2_2")
    assert "Alma" not in f"{notice.title}{notice.sender}{notice.recipient}"
