"""Where each role's work begins: nobody's first page is an empty list."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from django.urls import reverse

from samhandla.people import actions
from samhandla.people.queries import today
from samhandla.web.start import entries_for, menu_for

pytestmark = pytest.mark.django_db


def titles(viewer):
    return [str(row["title"]) for row in menu_for(viewer, RequestFactory().get("/"))]


def test_whoever_leads_no_group_begins_elsewhere(client, cast):
    viewer = cast.viewer("officer")
    assert entries_for(viewer)[0].url_name == "guidance"
    assert "Att ta ställning till" not in titles(viewer)
    assert cast.login(client, "officer").get(reverse("worklist")).status_code == 200


def test_whoever_leads_a_group_or_stands_in_has_the_list_first(cast):
    assert titles(cast.viewer("mentor_7b"))[0] == "Att ta ställning till"
    actions.set_stand_in(
        by=cast.viewer("principal"),
        absent=cast.staff["mentor_7b"],
        stand_in=cast.staff["officer"],
        valid_from=today(),
        valid_to=today(),
    )
    assert titles(cast.viewer("officer"))[0] == "Att ta ställning till"
