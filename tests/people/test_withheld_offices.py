"""Offices that work for the whole authority: what they handle stays theirs, also about a protected child."""

from __future__ import annotations

import pytest
from django.db import connection

from samhandla.people import actions
from samhandla.records.models import Document, DocumentText
from samhandla.rights.models import Extract, RightsRequest
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


def _plan(viewer, table) -> str:
    with acting_as(viewer), connection.cursor() as cursor:
        cursor.execute(
            "select qual from pg_policies where tablename = %s and policyname = 'withheld'", [table]
        )
        (qual,) = cursor.fetchone()
    return qual


@pytest.mark.parametrize(
    ("model", "office"),
    [
        (Document, "viewer_record_domains"),
        (DocumentText, "viewer_requested"),
        (RightsRequest, "viewer_rights_domains"),
        (Extract, "viewer_rights_domains"),
    ],
    ids=lambda one: getattr(one, "__name__", one),
)
def test_the_office_is_let_through_but_never_to_its_own(cast, model, office):
    qual = _plan(cast.viewer("principal"), model._meta.db_table)
    assert office in qual
    assert "viewer_kin" in qual


def test_what_is_about_no_child_is_withheld_from_nobody(cast):
    """A null child is unlike every child, also where some child is withheld from the viewer."""
    by, viewer = cast.service(), cast.viewer("counsellor")
    with acting_as(by):
        actions.update_child(by=by, child=cast.child["alma"], protection="marked")
    for table in ("records_document", "records_documenttext"):
        assert "child_id IS NULL" in _plan(viewer, table)
