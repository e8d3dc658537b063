"""An extract (article 15): what is in, what is not, who looks, who is handed it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from tests.secrecy.conftest import town  # noqa: F401 - the social board beside the school board

from samhandla.people import actions as people
from samhandla.people.queries import service_viewer, today
from samhandla.rights.actions.extracts import hand_out, look_through, make_extract
from samhandla.rights.errors import Conflict, NotAllowed, NotYours, Refused
from samhandla.rights.models import Extract, RightsRequest, Withheld
from samhandla.rights.queries.extracts import as_file, extract_page_for, own_extract_for
from samhandla.rights.queries.requests import get_request_for
from samhandla.rights.rules.pieces import Decision
from samhandla.trust.models import Event, ReadEntry
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


def texts(sections) -> str:
    return json.dumps(sections, ensure_ascii=False)


def test_everything_that_the_school_has_is_in_it_and_is_handed_out(office):
    mother = office.adult("Eva")
    office.contact("Alma vill byta plats i klassrummet.")
    request = office.ask(mother)
    sections = office.made(request)
    tables = [section["table"] for section in sections]
    assert {"people.child", "people.guardian", "people.enrolment", "people.membership", "people.guardianship"} <= set(tables)
    assert {"detect.signal", "detect.reason", "detect.contactnote", "trust.event"} <= set(tables)
    assert "Alma vill byta plats i klassrummet." in texts(sections)
    assert "mentor" not in {c["name"] for s in sections for c in s["columns"]}
    office.read(request)
    office.hand(request)
    with acting_as(office.officer):
        row = RightsRequest.objects.get(pk=request.pk)
    assert (row.outcome, row.answer) == ("granted", "")
    with pytest.raises(Conflict):
        make_extract(by=office.officer, request_id=request.pk)
