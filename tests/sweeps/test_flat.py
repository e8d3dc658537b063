"""Every list page costs the same number of queries with one row and with many.

Every page that answers GET is in PAGES, or in ELSEWHERE with the test that measures it, or in EXEMPT
with the reason why its cost does not grow. To add a page: write how its rows are made (a function of the
cast and a number of rows) and put it into PAGES with who opens it. The rows are made as the jobs or
actions of the room make them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests.cast import LONG_AGO, Cast
from tests.detect.conftest import found
from tests.sweeps.test_urls import CLOSED

from samhandla.detect.actions.inquiries import decide_inquiry
from samhandla.detect.actions.rehearsals import ask_rehearsal
from samhandla.detect.actions.runs import take_in
from samhandla.detect.actions.settings import add_ladder_step, set_rule
from samhandla.detect.actions.tallies import count_tallies
from samhandla.govern.actions import set_measure
from samhandla.govern.models import BoardPage
from samhandla.integrations.actions.sources import save_source
from samhandla.people import actions as people
from samhandla.people.actions.withheld import note_conflict
from samhandla.people.queries import domain_of, today
from samhandla.secrecy.actions.emi import write_emi_note
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
FEW, MANY = 1, 49


@dataclass(frozen=True)
class Page:
    """A list page: its name, who opens it, how its rows are made, and how many queries it may cost."""

    name: str
    who: str
    rows: Callable[[Cast, int], None]
    budget: int = 60


def more_pupils(cast: Cast, count: int) -> list[Any]:
    """Register pupils of 7B and return them."""
    by = cast.service()
    found_children = []
    for number in range(count):
        with acting_as(by):
            child = people.register_child(
                by=by, unit=cast.unit["berga"], given_name=f"Elev{number}", family_name="Rad",
                birth_date=date(2013, 1, 1), sex="K", protection="none",
            )  # fmt: skip
            people.enrol_child(
                by=by, child=child, unit=cast.unit["berga"], form="GR", school_year=7, valid_from=LONG_AGO
            )
            people.place_in_group(by=by, child=child, group=cast.group["7B"], valid_from=LONG_AGO)
        found_children.append(child)
    return found_children


def signals(cast: Cast, count: int) -> None:
    """Pupils who are hardly in school, so that none waits for a place; every second brings good news."""
    rows = []
    for number, child in enumerate(more_pupils(cast, count)):
        rows += [found(child, "near_zero"), found(child, "weekday", opens=False)]
        if number % 2:
            rows.append(found(child, "recovered", numbers={"share": 0.02, "before_share": 0.3}))
    take_in(by=cast.service(), found=rows, as_of=today(), data_to=today(), started=timezone.now())


def decisions(cast: Cast, count: int) -> None:
    domain = domain_of(cast.authority["board"].pk, "school").pk
    for child in more_pupils(cast, count):
        decide_inquiry(
            by=cast.viewer("principal"), child=child, domain_id=domain, decision="open", reason="x",
            today=today(), other_home=True,
        )  # fmt: skip


def classes(cast: Cast, count: int) -> None:
    """Classes with a signal each, and a mentor each."""
    by, unit = cast.service(), cast.unit["berga"]
    rows = []
    for number in range(count):
        group = people.save_group(
            by=by, unit=unit, kind="class", name=f"9{number}", school_year=9, valid_from=LONG_AGO
        )
        staff = people.register_staff(by=by, given_name=f"M{number}", family_name="Rad")
        people.assign_group(by=by, staff=staff, group=group, role="mentor", valid_from=LONG_AGO)
        rows.append(found(str(group.pk), "class_level", kind="class", unit=unit.pk))
    take_in(by=by, found=rows, as_of=today(), data_to=today(), started=timezone.now())


def settings(cast: Cast, count: int) -> None:
    for number in range(count):
        set_rule(
            by=cast.viewer("process_leader"), rule="level_year", parameters={"threshold": 0.1 + number / 100},
            today=today(), unit_id=cast.unit["berga"].pk, school_year=number % 10, reason="x",
        )  # fmt: skip


def ladder_steps(cast: Cast, count: int) -> None:
    for number in range(count):
        add_ladder_step(
            by=cast.viewer("process_leader"), today=today(), name=f"Steg {number}", trigger="x",
            role="mentor", school_days=3,
        )  # fmt: skip


def taught_groups(cast: Cast, count: int) -> None:
    for number in range(count):
        group = people.save_group(
            by=cast.service(), unit=cast.unit["berga"], kind="teaching", name=f"7B {number}", school_year=7,
            valid_from=LONG_AGO,
        )  # fmt: skip
        people.assign_group(
            by=cast.service(), staff=cast.staff["mentor_7b"], group=group, role="teacher", valid_from=LONG_AGO
        )


def rehearsals(cast: Cast, count: int) -> None:
    for _number in range(count):
        ask_rehearsal(
            by=cast.viewer("process_leader"), unit_id=cast.unit["berga"].pk, until=today(), changes=[]
        )


def units(cast: Cast, count: int) -> None:
    by = cast.service()
    for number in range(count):
        people.save_organisation(by=by, name=f"Enhet {number}", kind="school_unit")
    count_tallies(by=by, today=today() - timedelta(days=1))


def sources(cast: Cast, count: int) -> None:
    for number in range(count):
        save_source(by=cast.viewer("data_administrator"), kind="file", name=f"Källa {number}-{count}")


def definitions(cast: Cast, count: int) -> None:
    for number in range(count):
        set_measure(by=cast.viewer("controller"), reason=f"beslut {number}")


def frozen(cast: Cast, count: int) -> None:
    """Frozen pages, each by somebody; what is in them is not read by the list."""
    with acting_as(cast.service()):
        BoardPage.objects.bulk_create(
            BoardPage(
                authority=cast.authority["board"], term="VT2025", content={}, content_hash="x",
                data_version="x", frozen_at=timezone.now(), frozen_by=cast.staff["controller"].actor,
            )
            for _number in range(count)
        )  # fmt: skip


def hidden(cast: Cast, count: int) -> None:
    by = cast.service()
    with acting_as(by):
        for child in more_pupils(cast, count):
            people.update_child(by=by, child=child, protection="protected")


def too_close(cast: Cast, count: int) -> None:
    by, children = cast.viewer("mentor_7b"), more_pupils(cast, count)
    for child in children:
        note_conflict(by=by, child=child, kind="other")


def asked_of_emi(cast: Cast, count: int) -> None:
    by, children = cast.viewer("nurse"), more_pupils(cast, count)
    for child in children:
        write_emi_note(by=by, child=child, kind="request", text="Kan ni ringa?")


PAGES = (
    Page("worklist", "mentor_7b", signals),
    Page("principal", "principal", signals),
    Page("principal", "principal", decisions),
    Page("principal", "principal", classes),
    Page("team", "counsellor", signals),
    Page("team", "counsellor", classes),
    Page("guidance", "officer", classes),
    Page("rules", "process_leader", settings),
    Page("rehearsals", "process_leader", rehearsals),
    Page("ladder", "process_leader", ladder_steps),
    Page("ladder-delivered", "process_leader", ladder_steps),
    Page("process", "process_leader", units),
    Page("taught", "mentor_7b", taught_groups, 20),
    Page("named-staff", "principal", hidden),
    Page("conflicts", "principal", too_close),
    Page("emi", "nurse", asked_of_emi),
    Page("start", "principal", signals),
    Page("sources", "data_administrator", sources),
    Page("board", "controller", units),
    Page("board-measure", "controller", definitions),
    Page("board-pages", "controller", frozen),
)


# Measured beside the pages of their room: the page's name and the test.
ELSEWHERE = {
    **dict.fromkeys(
        ("diary", "releases", "retention", "disposal-list", "holds", "delegations", "decisions"),
        "tests/records/test_pages.py::test_the_lists_stay_flat",
    ),
    "law": "tests/secrecy/test_pages.py::test_the_lists_stay_flat",
    "inbox": "tests/secrecy/test_pages.py::test_the_lists_stay_flat",
    "hand-over": "tests/secrecy/test_pages.py::test_the_lists_stay_flat",
    "emergency": "tests/secrecy/test_emergency_pages.py::test_the_lists_stay_flat",
    "emergency-review": "tests/secrecy/test_emergency_pages.py::test_the_lists_stay_flat",
    "consents": "tests/secrecy/test_consent_pages.py::test_the_lists_stay_flat",
    "consents-ending": "tests/secrecy/test_consent_pages.py::test_the_lists_stay_flat",
    "processings": "tests/secrecy/test_consent_pages.py::test_the_lists_stay_flat",
    "cards": "tests/secrecy/test_cards.py::test_the_list_stays_flat",
    "rights": "tests/rights/test_requests.py::test_the_lists_stay_flat",
    "child-rights": "tests/rights/test_requests.py::test_the_lists_stay_flat",
    "who-sees": "tests/people/test_logs.py::test_the_pages_stay_flat",
    "linkage": "tests/govern/test_linkage.py::test_the_list_stays_flat",
    "search": "tests/people/test_search.py::test_the_search_stays_flat",
    "child-changes": "tests/people/test_changes.py::test_the_page_stays_flat",
    "who-has-read": "tests/people/test_logs.py::test_the_pages_stay_flat",
    "log-reviews": "tests/people/test_logs.py::test_the_pages_stay_flat",
    "log-review": "tests/people/test_logs.py::test_the_pages_stay_flat",
    "notices": "tests/detect/test_notices.py::test_the_list_costs_the_same_queries_for_one_and_many",
    "pupil": "tests/detect/test_pupil_flat.py::test_the_page_costs_the_same_with_one_and_fifty_of_all",
    "signal": "tests/detect/test_pupil_flat.py::test_the_page_costs_the_same_with_one_and_fifty_of_all",
    "taught-group": "tests/detect/test_taught.py::"
    "test_a_group_costs_the_same_queries_for_few_and_many_pupils",
    "quality": "tests/analytics/django/test_quality_page.py::"
    "test_the_page_costs_the_same_queries_for_one_and_many_notes",
    "accounts": "tests/people/test_account_pages.py::test_the_lists_stay_flat",
    "duties": "tests/people/test_account_pages.py::test_the_lists_stay_flat",
    "duty-people": "tests/people/test_account_pages.py::test_the_lists_stay_flat",
    "register": "tests/people/test_pages.py::test_lists_cost_the_same_with_one_and_fifty_rows",
    "register-children": "tests/people/test_pages.py::test_lists_cost_the_same_with_one_and_fifty_rows",
    "register-group": "tests/people/test_pages.py::test_lists_cost_the_same_with_one_and_fifty_rows",
    "register-staff": "tests/people/test_pages.py::test_lists_cost_the_same_with_one_and_fifty_rows",
    "stand-ins": "tests/people/test_pages.py::test_lists_cost_the_same_with_one_and_fifty_rows",
    "calendar": "tests/people/test_pages.py::test_lists_cost_the_same_with_one_and_fifty_rows",
}
ONE_CHILD = "one child: what is listed is that child's own history"
ONE_STAFF = "one colleague: what is listed is that person's own duties"
ONE_GROUP = "one group: its figures are sums"
ONE_FORM = "one form about one row"
ONE_IMPORT = "one source or import: what is listed is cut to a page"
PRINT = "the same row as its page, to print or take along"
FIGURES = "the same content as the board's page, as a file or frozen as JSON"
FEW_ROWS = "as many rows as the board has decided: a handful"
EXEMPT = {
    "named-child": ONE_CHILD,
    "conflict-note": ONE_CHILD,
    "family-logins": ONE_CHILD,
    "emi-child": ONE_CHILD,
    "document": "one document",
    "document-new": ONE_FORM,
    "document-write": ONE_FORM,
    "child-documents": ONE_CHILD,
    "release": "one request: its documents are read in one query",
    "release-new": ONE_FORM,
    "release-item": "one document of one request",
    "release-copy": "one file",
    "release-decide": ONE_FORM,
    "retention-decide": ONE_FORM,
    "archive": ONE_FORM,
    "guide": "a form and one answer; the law it reads is one query",
    "law-add": ONE_FORM,
    "linkage-ask": ONE_FORM,
    "law-change": ONE_FORM,
    "processing-add": ONE_FORM,
    "processing-change": ONE_FORM,
    "emergency-setting": ONE_FORM,
    "consent-paper": "one file",
    "switch": "one child and one receiver: what is listed is what its own family has been asked",
    "consult": ONE_CHILD,
    "card": "one card",
    "own-log": "a family's own children are few",
    "own-rights": "a family's own children are few",
    "own-extract": ONE_CHILD,
    "own-extract-file": ONE_CHILD,
    "rights-request": ONE_CHILD,
    "rights-extract": ONE_CHILD,
    "rights-extract-print": PRINT,
    "rights-extract-file": PRINT,
    "information": "one text",
    "information-texts": "four audiences",
    "data-register": "as many rows as the house has tables",
    "data-register-file": "the same content as its page, as a file",
    "family-log": ONE_FORM,
    "register-child": ONE_CHILD,
    "register-staff-member": ONE_STAFF,
    "duty-give": ONE_STAFF,
    "login-demands": "as many rows as there are roles and sensitive parts",
    "labels": "as many rows as there are school years",
    "group-signal": ONE_GROUP,
    "inquiry-decide": ONE_FORM,
    "inquiry-ask": ONE_FORM,
    "inquiry": ONE_CHILD,
    "inquiry-print": PRINT,
    "inquiry-word": PRINT,
    "notice": ONE_CHILD,
    "notice-print": PRINT,
    "delivered": ONE_CHILD,
    "delivered-print": PRINT,
    "guidance-group": ONE_GROUP,
    "guidance-hold": ONE_FORM,
    "rule": ONE_FORM,
    "rule-loop": ONE_FORM,
    "rehearsal": "one rehearsal: its result is kept as JSON",
    "rehearsal-progress": "one rehearsal: how far it has come",
    "ladder-add": ONE_FORM,
    "ladder-change": ONE_FORM,
    "source": ONE_IMPORT,
    "source-new": ONE_FORM,
    "source-edit": ONE_FORM,
    "source-rules": ONE_FORM,
    "source-reading": ONE_FORM,
    "upload": ONE_FORM,
    "batch": ONE_IMPORT,
    "batch-columns": ONE_FORM,
    "batch-refusals": ONE_IMPORT,
    "batch-to-mend": ONE_IMPORT,
    "template-csv": "one shipped template, read from a file of ours; no row of the database",
    "board-file": FIGURES,
    "board-page": FIGURES,
    "board-page-file": FIGURES,
    "board-goals": FEW_ROWS,
    "board-assessment": ONE_FORM,
    "board-goal-assessment": ONE_FORM,
}


def takes_get(view: Any) -> bool:
    """Tell whether a view answers GET, from what its `require_…` decorator lets through."""
    while view is not None:
        for cell in view.__closure__ or ():
            if isinstance(cell.cell_contents, list | tuple) and "POST" in cell.cell_contents:
                return "GET" in cell.cell_contents
        view = getattr(view, "__wrapped__", None)
    return True


def test_every_page_is_measured_or_says_why_not():
    """Every path of the house that answers GET and needs a permission, as the URL configuration has them."""
    pages = {p.name for _, p in CLOSED if takes_get(p.callback)} | {"start"}  # open, but with lists
    measured = {page.name for page in PAGES}
    assert pages - measured - set(ELSEWHERE) - set(EXEMPT) == set()
    assert set(EXEMPT) & measured == set()
    assert (set(EXEMPT) | set(ELSEWHERE) | measured) - pages == set(), "sidan finns inte"


@pytest.mark.parametrize("test", sorted(set(ELSEWHERE.values())))
def test_what_is_measured_elsewhere_is_there(test):
    path, _, name = test.partition("::")
    assert f"def {name}(" in (Path(__file__).resolve().parents[2] / path).read_text()


def queries_of(client: Any, page: Page) -> list[str]:
    """Return the queries of one reading of a page, savepoints left out."""
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(reverse(page.name))
        assert answer.status_code == 200
    return [q["sql"] for q in captured if "SAVEPOINT" not in q["sql"]]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: f"{p.name}-{p.rows.__name__}")
def test_a_list_stays_flat(client, cast, page):
    page.rows(cast, FEW)
    cast.login(client, page.who)
    client.get(reverse(page.name))
    few = queries_of(client, page)
    page.rows(cast, MANY)
    many = queries_of(client, page)
    assert len(many) <= len(few), "\n".join(sorted(set(many) - set(few)))
    assert len(many) <= page.budget


def test_the_sweep_sees_a_query_per_row(cast):
    """The measure itself: reading each row's unit by itself is seen."""
    more_pupils(cast, 3)
    with acting_as(cast.service()), CaptureQueriesContext(connection) as captured:
        from samhandla.people.models import Child

        assert {c.unit.name for c in Child.objects.filter(family_name="Rad")} == {"Bergaskolan"}
    assert len(captured) > 3
