"""Makes one row of any protected table, so that a new table is attacked without a line being written."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models.fields import NOT_PROVIDED
from django.utils import timezone

from samhandla.people.models import Child, Group, Organisation, Staff, Substitution
from samhandla.people.queries import domain_of
from samhandla.trust.history import HISTORY
from samhandla.trust.models import Actor, Authority, Domain
from samhandla.trust.rls import key_of
from samhandla.trust.viewer import Viewer, acting_as

DAY = date(2026, 3, 2)
Known = dict[type, Any]  # a model → the row that is there already; Viewer → who makes what
HISTORY_OF = {history: model for model, history in HISTORY.items()}
# Whose rows only those who keep the authority's register of documents, or handle its requests, may make.
BY_KEEPER = (
    "records.Delegation", "records.Disposal", "records.Document", "records.DocumentText", "records.Hold",
    "records.ReleaseItem", "records.ReleaseRequest", "records.RetentionRule", "rights.Extract",
    "rights.Withheld",
)  # fmt: skip
# What a table demands of a row that its columns do not say; a transfer needs a ground, and here has one.
OF_ITS_OWN: dict[str, dict[str, Any]] = {
    "records.Document": {"kind": "letter_child_in"},
    "records.RetentionRule": {"keep": True},
    "rights.DataContact": {"phone": "1"},
    "rights.RightsRequest": {"due_on": DAY + timedelta(days=30)},
    "rights.Withheld": {"ground": "other"},
    "secrecy.Waiver": {"outside": "x"},
    "secrecy.Voice": {"who": "child"},
    "secrecy.ConsentVoice": {"who": "child"},
    "secrecy.Transfer": {"outside_place": "police", "outside": "x", "weighing": "x"},
    "secrecy.Emergency": {"ends_at": timezone.now() + timedelta(hours=3)},
    "secrecy.LegalOpening": {"ends": ["police"], "approved_on": DAY},
}


# Columns that may be empty, but not in this table's rows: the row they point to is made first.
POINTS_TO = {
    "records.Document": ("child", "unit"),
    "records.DocumentText": ("child", "unit"),
    "secrecy.Paper": ("consent_voice",),
}


def make_row(
    model: type[models.Model], *, by: Viewer, keeper: Viewer, child: Child, group: Group
) -> models.Model:
    """Make a row of `model` about a child, with all it points to.

    Args:
        by: the service of the authority, who makes what is not the keeper's.
        keeper: who keeps the authority's register of documents.
    """
    with acting_as(by):
        known = _known(by, child, group)
        known[Viewer] = {True: keeper, False: by}
        return _make(model, known)


# What is changed, so that an earlier value is kept, where a row that comes leaves none.
CHANGED: dict[str, dict[str, Any]] = {
    "Child": {"missing_since": DAY},
    "ChildIdentity": {"kind": "tillfalligt"},
    "Enrolment": {"main": False},
    "Guardian": {"phone": "1"},
    "Guardianship": {"kind": "god_man"},
    "Membership": {"valid_to": DAY},
    "Signal": {"shown_on": DAY},
    "Staff": {"phone": "1"},
}


def _make_past(history: type[models.Model], known: Known) -> models.Model:
    """Return an earlier value of a row, which only the database itself writes."""
    model = HISTORY_OF[history]
    row = _stand_in(known) if model is Substitution else _make(model, known)
    if model.__name__ in CHANGED:
        assert model._default_manager.filter(pk=row.pk).update(**CHANGED[model.__name__]) == 1
    kept = history._default_manager.filter(id=row.pk).order_by("-pk").first()
    assert kept is not None, model
    return kept


def _stand_in(known: Known) -> models.Model:
    """Return a stand-in; it takes two people."""
    two = Staff.objects.filter(authority=known[Authority]).order_by("pk")[:2]
    return Substitution.objects.create(absent=two[0], stand_in=two[1], valid_from=DAY)


def _known(by: Viewer, child: Child, group: Group) -> Known:
    return {
        Child: child,
        Group: group,
        Organisation: child.unit,
        Domain: domain_of(by.authority_id, "school"),
        Actor: Actor.objects.get(pk=by.actor_id),
        Authority: Authority.objects.get(pk=by.authority_id),
    }


def _make(model: type[models.Model], known: Known) -> models.Model:
    if model in known:
        return known[model]
    if model in HISTORY_OF:
        return _make_past(model, known)
    kept = model._meta.label in BY_KEEPER
    maker = known[Viewer][kept]
    known = {**known, Actor: Actor.objects.get(pk=maker.actor_id)}
    if kept:  # nobody gives oneself a delegation
        known[Staff] = Staff.objects.exclude(actor_id=maker.actor_id).order_by("pk")[0]
    with acting_as(maker):
        return _save(model, known)


def _finalise(document: models.Model) -> None:
    """Finalise a draft: only what is finalised is handed out."""
    with connection.cursor() as cursor:
        cursor.execute("select records_finalise(%s)", [document.pk])


def _save(model: type[models.Model], known: Known) -> models.Model:
    values = {f.name: _value(f, known) for f in model._meta.concrete_fields if _must_be_given(f)}
    if getattr(model, "row_security", "") == "event":
        child, unit, domain = known[Child], known[Organisation], known[Domain]
        values |= {"child_key": key_of(child.pk, domain.pk), "unit_key": key_of(unit.pk, domain.pk)}
        values |= {"actor_id": known[Actor].pk, "authority_id": known[Authority].pk}
    if getattr(model, "row_security", "") == "read_entry":
        values |= {"actor_id": known[Actor].pk, "authority_id": known[Authority].pk}
        values |= {"children": [known[Child].pk], "outcome": "shown"}
    if model._meta.label == "secrecy.LegalOpening":
        values["approved_by"] = known[Actor]
    values |= OF_ITS_OWN.get(model._meta.label, {})
    for name in POINTS_TO.get(model._meta.label, ()):
        values[name] = _make(model._meta.get_field(name).related_model, known)
    if model._meta.label == "records.ReleaseItem":
        _finalise(values["document"])
    row = model(**values)
    row.save(force_insert=True)
    if getattr(model, "row_security", "") == "guardian":
        guardianship = model._meta.get_field("guardianships").related_model
        _make(guardianship, {**known, model: row})
    return row


def _must_be_given(field: models.Field) -> bool:
    if field.generated or (field.primary_key and isinstance(field, models.AutoField)):
        return False
    if field.name == "date" or isinstance(field, models.ForeignKey):
        return not field.null
    return not field.null and field.default is NOT_PROVIDED and not field.blank


def _value(field: models.Field, known: Known) -> Any:
    if isinstance(field, models.ForeignKey):
        return _make(field.related_model, known)
    if field.choices:
        return field.choices[0][0]
    for kind, value in (
        (models.DateTimeField, timezone.now()),
        (models.DateField, DAY),
        (models.BooleanField, False),
        (models.DecimalField, Decimal("0.5")),
        (models.IntegerField, 1),
        (models.FloatField, 1.0),
        (models.UUIDField, uuid.uuid4()),
        (models.BinaryField, b"x"),
        (models.JSONField, {}),
        (ArrayField, ["any"]),
    ):
        if isinstance(field, kind):
            return value
    return "x"


def columns_of(row: models.Model) -> dict[str, Any]:
    """Return what an INSERT of the same row would say: column → value, the key left out or made anew."""
    columns: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        if field.generated or isinstance(field, models.AutoField):
            continue
        value = uuid.uuid4() if field.primary_key else getattr(row, field.attname)
        columns[field.column] = field.get_db_prep_save(value, connection)
    return columns
