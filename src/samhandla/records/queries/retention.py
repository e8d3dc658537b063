"""Reads of retention: what is decided, what is proposed, what is due, what is held, and what has gone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.apps import apps
from django.db import connection
from django.utils.translation import gettext

from samhandla.records.models import Disposal, Document, Hold, RetentionRule
from samhandla.records.rules.kinds import KINDS, Kind
from samhandla.records.rules.retention import PROPOSALS, Proposal
from samhandla.trust.classify import RETENTION, Retention
from samhandla.trust.viewer import Viewer

SHOWN = 200


@dataclass(frozen=True)
class KindRow:
    """One kind of document: the decision in force, else the proposal."""

    kind: Kind
    decided: RetentionRule | None
    proposal: Proposal

    @property
    def name(self) -> str:
        return gettext(self.kind.title)


@dataclass(frozen=True)
class ModelRow:
    """One kind of row in the house: how long it is kept as it is classified, and how many kinds there are."""

    retention: Retention
    names: list[str]


@dataclass(frozen=True)
class Due:
    """A document whose time has come: by which decision, since when, and what keeps it all the same."""

    document: Document
    rule: RetentionRule
    day: date
    keeps: str


def list_kinds_for(viewer: Viewer) -> list[KindRow]:
    """Return every kind of document with what holds for it. Queries: one."""
    rows = RetentionRule.objects.filter(authority_id=viewer.authority_id, ended_on=None)
    decided = {row.kind: row for row in rows}
    proposals = {one.kind: one for one in PROPOSALS}
    return [KindRow(kind, decided.get(kind.code), proposals[kind.code]) for kind in KINDS.values()]


def model_rows() -> list[ModelRow]:
    """Return how long each kind of row is kept, from the field classification. Queries: none."""
    found: dict[str, list[str]] = {}
    for model in apps.get_models():
        policy = getattr(model, "Fields", None)
        if policy is not None and model.__module__.startswith("samhandla."):
            found.setdefault(policy.retention, []).append(model._meta.label)
    return [ModelRow(RETENTION[code], sorted(names)) for code, names in sorted(found.items())]


def list_due_for(viewer: Viewer) -> list[Due]:
    """Return what a decision in force covers and whose time has come, oldest number first. Queries: three."""
    with connection.cursor() as cursor:
        cursor.execute("select document, rule, due, keeps from records_due()")
        found = cursor.fetchall()
    documents = {one.pk: one for one in Document.objects.filter(pk__in=[row[0] for row in found])}
    rules = {one.pk: one for one in RetentionRule.objects.filter(pk__in={row[1] for row in found})}
    due = [
        Due(documents[key], rules[rule], day, keeps) for key, rule, day, keeps in found if key in documents
    ]
    return sorted(due, key=lambda one: (one.document.year or 0, one.document.number or 0))


def fingerprint_of(due: Iterable[Due]) -> str:
    """Return a name for exactly this list, so that what is confirmed is what was read."""
    keys = sorted(f"{one.document.pk}:{one.rule.pk}" for one in due)
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()


def list_holds_for(viewer: Viewer) -> list[Hold]:
    """Return the holds that have not been lifted. Queries: one."""
    rows = Hold.objects.filter(authority_id=viewer.authority_id, lifted_on=None)
    return list(rows.select_related("document", "placed_by").order_by("-placed_on", "-pk")[:SHOWN])


def list_disposals_for(viewer: Viewer) -> list[Disposal]:
    """Return what has been removed, the latest first. Queries: one."""
    rows = Disposal.objects.filter(authority_id=viewer.authority_id)
    return list(rows.select_related("protocol", "done_by").order_by("-done_at")[:SHOWN])
