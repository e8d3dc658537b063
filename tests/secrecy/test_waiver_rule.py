"""The rule of when a waiver holds stands twice, in Python and in the database: they never differ."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samhandla.people.models import Child
from samhandla.people.queries import today
from samhandla.secrecy.models import Voice, Waiver
from samhandla.secrecy.queries.transfers import list_waivers_for
from samhandla.secrecy.rules.guide import Waiver as State
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)

worlds = st.fixed_dictionaries(
    {
        "age_days": st.none() | st.sampled_from([0, 12 * 365, -1, 1]),  # around the 18th birthday
        "guardians": st.lists(
            st.tuples(
                st.sampled_from(["vardnadshavare", "sarskilt_forordnad", "familjehem", "okand"]),
                st.sampled_from(["now", "ended", "coming"]),
                st.sampled_from(["yes", "no", None]),
            ),
            max_size=3,
        ),
        "child": st.sampled_from(["yes", "no", None]),
        "maturity": st.sampled_from(["", "förstår följderna"]),
        "asked": st.integers(-3, 1),
        "ends": st.integers(-2, 2),
        "withdrawn": st.booleans(),
    }
)


@given(world=worlds)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_python_and_database_agree(town, world):
    with transaction.atomic():
        waiver, child = _make(town, world)
        with acting_as(town.counsellor):
            (row,) = [
                r for r in list_waivers_for(town.counsellor, child, today=today()) if r.waiver == waiver
            ]
            with connection.cursor() as cursor:
                cursor.execute("select secrecy_waiver_holds(%s)", [waiver.pk])
                (holds,) = cursor.fetchone()
        transaction.set_rollback(True)
    assert (row.state is State.GIVEN) == holds, (world, row.state)


def _make(town, world):
    child = town.cast.child["alma"]
    by = town.cast.service()
    with acting_as(by):
        child.birth_date = _birth(world["age_days"])
        Child.objects.filter(pk=child.pk).update(birth_date=child.birth_date)
    asked = today() + world["asked"] * DAY
    with acting_as(by):
        about = {"child_id": child.pk, "unit_id": child.unit_id, "domain_id": town.opening_domain}
        waiver = Waiver.objects.create(
            **about, facts="x", purpose="y", receiver=town.reception, maturity=world["maturity"],
            asked_on=asked, valid_to=max(asked, today() + world["ends"] * DAY), registered_by_id=by.actor_id,
        )  # fmt: skip
        if world["child"]:
            Voice.objects.create(
                **about, waiver=waiver, who="child", said=world["child"], how="paper", on=today()
            )
        for kind, when, said in world["guardians"]:
            adult = town.tie(kind, when)
            if said:
                Voice.objects.create(
                    **about, waiver=waiver, who="guardian", guardian=adult, said=said, how="paper", on=today()
                )
        if world["withdrawn"]:
            from django.utils import timezone

            Waiver.objects.filter(pk=waiver.pk).update(
                withdrawn_at=timezone.now(), withdrawn_by_id=by.actor_id
            )
    return waiver, child


def _birth(age_days):
    """None, or the day that makes the child 18 today, many years from now, tomorrow or yesterday."""
    if age_days is None:
        return None
    day = today() + age_days * DAY
    return day.replace(year=day.year - 18, day=min(day.day, 28))
