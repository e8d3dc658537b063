"""The whole way: register from SS 12000 objects, lessons from a file, day rows in PostgreSQL."""

from __future__ import annotations

import pytest

from samhandla.analytics.models import AttendanceDay
from samhandla.integrations.actions.running import run_batch
from samhandla.integrations.models import Batch
from samhandla.people.models import Child, Enrolment, Membership, Staff
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


def test_register_and_lessons_come_in(desk):
    _batch, outcome = desk.take_in()
    assert outcome.stops == [], outcome.stopped
    with acting_as(desk.by):
        assert Child.objects.count() > 40
        assert Enrolment.objects.count() >= Child.objects.count()
        assert Membership.objects.count() > Child.objects.count()
        assert Staff.objects.count() > 5
    upload = desk.upload(desk.lesson_file(), wants_commit=True)
    result = run_batch(desk.by, upload.pk)
    assert result.stops == [], result.stopped
    with acting_as(desk.by):
        upload = Batch.objects.get(pk=upload.pk)
        assert upload.state == "committed"
        assert AttendanceDay.objects.count() > 400
