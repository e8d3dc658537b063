"""The figures against a plain reference, and who may read them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest
from tests.govern.conftest import SPRING

from samhandla.analytics import actions as attendance
from samhandla.analytics.models import AttendanceDay
from samhandla.govern import actions, queries
from samhandla.govern.models import BoardFigure
from samhandla.govern.rules import Term
from samhandla.people.actions import update_child
from samhandla.people.models import Child, Enrolment
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db

VT25 = Term.parse("VT2025")


def content(town, name="controller", term=VT25):
    viewer = town.cast.viewer(name)
    with acting_as(viewer):
        return queries.board_content_for(viewer, term)


def by_group(rows):
    return {(r["unit_name"], r["sex"]): r for r in rows}


def reference(town, first: date, last: date):
    """Count in plain Python from the day rows."""
    with acting_as(town.cast.service()):
        days = list(AttendanceDay.objects.filter(date__range=(first, last)).select_related("unit"))
        sexes = dict(Child.objects.values_list("pk", "sex"))
    sums = defaultdict(lambda: [0, 0, ""])
    for day in days:
        cell = sums[day.child_id]
        cell[0] += day.valid + day.invalid
        cell[1] += day.offered
        cell[2] = day.unit.name
    found = defaultdict(lambda: [0, 0])
    for child, (absent, offered, unit) in sums.items():
        for key in ((unit, sexes[child]), (unit, ""), ("", sexes[child]), ("", "")):
            found[key][0] += 1
            found[key][1] += absent / offered > 0.15
    return {key: tuple(pair) for key, pair in found.items()}


def test_figures_are_those_of_a_plain_reference(town):
    town.count()
    page = content(town)
    wanted = reference(town, VT25.first, VT25.last)
    found = {key: (row["pupils"], row["above"]) for key, row in by_group(page["rows"]).items()}
    assert found == wanted
    total = by_group(page["rows"])["", ""]
    assert (total["percent"], total["reporting_percent"]) == ("20.0", "100.0")
    assert total["absence_percent"] == "4.0"


def test_a_pupil_at_the_limit_is_not_above_it(town):
    actions.set_measure(by=town.cast.service(), reason="prov", threshold=Decimal("0.2"))
    town.count()
    total = by_group(content(town)["rows"])["", ""]
    assert (total["above"], total["percent"]) == (0, "0.0")


def test_missing_is_told_apart_and_adapted_is_not_counted(town):
    town.enrol("berga", "K", 12)
    town.pupils["berga", "K"] = town.pupils["berga", "K"][:-12]
    adapted = town.pupils["lunda", "M"][0]
    update_child(by=town.cast.service(), child=adapted, adapted=True)
    town.count()
    rows = by_group(content(town)["rows"])
    # The five of the cast who are enrolled but never imported are missing as well.
    assert rows["", ""]["missing"] == 12 + 5
    assert rows["", ""]["pupils"] == 150 - 1


def test_a_handful_of_missing_pupils_is_not_told(town):
    town.count()
    rows = by_group(content(town)["rows"])
    assert rows["", ""]["missing"] is None
    assert rows["", ""]["pupils"] == 150


def test_a_few_of_unknown_sex_are_told_with_the_boys_and_hide_no_girls(town):
    town.enrol("berga", "O", 3)
    town.attend(SPRING, {("berga", "K"): 8, ("berga", "O"): 2})
    town.count()
    rows = by_group(content(town)["rows"])
    assert {sex for unit, sex in rows} == {"", "K", "R"}
    assert (rows["", "K"]["pupils"], rows["", "R"]["pupils"]) == (70, 83)
    assert rows["", "R"]["sex_name"] == "pojkar och okänt kön"


def test_grades_are_told_when_there_are_several(town):
    assert not [r for r in _counted(town) if r["grade"] is not None]
    with acting_as(town.cast.service()):
        moved = [c.pk for c in town.pupils["berga", "K"][:20] + town.pupils["lunda", "M"][:20]]
        Enrolment.objects.filter(child__in=moved).update(school_year=9)
    grades = {(r["grade"], r["sex"]): r["pupils"] for r in _counted(town) if r["grade"] is not None}
    assert grades == {(7, ""): 110, (7, "K"): 50, (7, "M"): 60, (9, ""): 40, (9, "K"): 20, (9, "M"): 20}


def _counted(town):
    town.count()
    return content(town)["rows"]


def test_low_reporting_greys_every_figure(town):
    town.attend(SPRING, {}, reported=False)
    town.count()
    rows = content(town)["rows"]
    assert all(row["low_reporting"] for row in rows if not row["hidden"])
    assert {row["reporting_percent"] for row in rows if not row["hidden"]} == {"0.0"}


def test_a_high_level_on_a_whole_unit_is_marked(town):
    actions.set_measure(by=town.cast.service(), reason="prov", high_mean=Decimal("0.03"))
    town.count()
    rows = content(town)["rows"]
    marked = {row["unit_name"] for row in rows if row["high_unit"]}
    assert marked == {"Bergaskolan", "Lundaskolan"}
    assert not any(row["high_unit"] for row in rows if row["sex"] or row["unit"] is None)


def test_undone_import_takes_its_figures_away(town):
    attendance.set_batch_live(by=town.cast.service(), batch_id=2, live=False)
    town.count()
    assert content(town)["rows"] == []


def test_nothing_imported_gives_a_count_without_figures(cast):
    by = cast.service()
    count = actions.count_board(by=by, authority_id=by.authority_id)
    assert count.data_up_to is None
    assert content_of(cast, "controller")["rows"] == []


def content_of(cast, name):
    viewer = cast.viewer(name)
    with acting_as(viewer):
        return queries.board_content_for(viewer, VT25)


def test_the_controller_reads_figures_without_any_child(town):
    town.count()
    viewer = town.cast.viewer("controller")
    with acting_as(viewer):
        assert not Child.objects.exists()
        assert not AttendanceDay.objects.exists()
        assert BoardFigure.objects.exists()


def test_another_authority_reads_nothing(town):
    town.count()
    viewer = town.cast.viewer("principal_fria")
    with acting_as(viewer):
        assert not BoardFigure.objects.exists()
        assert queries.board_content_for(viewer, VT25) is None


def test_counting_as_somebody_who_sees_no_pupil_counts_nobody(town):
    """The job runs as the service; any other viewer's count would be of what that viewer sees."""
    by = town.cast.viewer("controller")
    actions.count_board(by=by, authority_id=by.authority_id)
    assert content(town)["rows"] == []


def test_trend_and_change_since_the_year_before(town):
    town.count()
    (line,) = content(town)["trend"]
    assert [(p["term"], p["percent"]) for p in line["points"]] == [("VT2024", "26.7"), ("VT2025", "20.0")]
    assert line["change"].startswith(
        "Minskade med 6,7 procentenheter jämfört med vårterminen 2024, från 26,7 procent till 20,0 procent."
    )
    assert line["obstacles"] == []


def test_content_costs_the_same_queries_for_few_and_many_groups(town, django_assert_num_queries):
    town.count()
    viewer = town.cast.viewer("controller")
    with acting_as(viewer), django_assert_num_queries(5):
        queries.board_content_for(viewer, VT25)
    town.enrol("berga", "K", 40, form="GRS")
    town.attend(SPRING, {})
    town.count()
    with acting_as(viewer), django_assert_num_queries(5):
        queries.board_content_for(viewer, VT25)
