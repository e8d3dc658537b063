"""No model with a child in it is forgotten: it is in an extract, or declared out with a reason."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db.models import ForeignKey
from django.utils import translation

from samhandla.people.models import Child, ChildRow, Guardian
from samhandla.people.models.base import CHILD_ROW_FIELDS
from samhandla.rights import sources
from samhandla.trust.classify import Sensitivity
from samhandla.trust.history import HISTORY

ABOUT = sources.models_about_children()
TAKEN = [Child, Guardian, *sources.child_rows()]
# Taken in ways of their own: events and readings by the child's number in them.
BY_THEMSELVES = {"people.child", "people.guardian", "trust.event", "trust.readentry"}


@pytest.mark.parametrize("model", ABOUT, ids=sources.label_of)
def test_a_model_with_a_child_in_it_is_in_the_extract_or_declared_out(model):
    label = sources.label_of(model)
    taken = {sources.label_of(m) for m in sources.child_rows()} | BY_THEMSELVES
    assert label in taken or label in sources.LEFT_OUT, (
        f"{label} nämner ett barn: ge den en rubrik i rights/sources.py, eller ett skäl i LEFT_OUT"
    )
    if label in taken and label not in ("people.child", "people.guardian"):
        assert label in sources.HEADINGS, f"{label} saknar rubrik"


def test_nothing_is_declared_that_is_not_there():
    labels = {sources.label_of(m) for m in ABOUT}
    assert set(sources.LEFT_OUT) | set(sources.HEADINGS) <= labels
    assert all(reason.strip() for reason in sources.LEFT_OUT.values())
    for label, fields in sources.FIELDS_OUT.items():
        assert set(fields) <= {f.name for f in apps.get_model(label)._meta.get_fields()}, label


@pytest.mark.parametrize("model", TAKEN, ids=sources.label_of)
def test_every_field_is_given_or_has_a_reason_and_a_swedish_name(model):
    with translation.override("sv"):
        for field in model._meta.concrete_fields:
            if sources.why_not_given(model, field):
                continue
            assert sources.words_of(field), f"{model.__name__}.{field.name} saknar ord i rights/sources.py"


@pytest.mark.parametrize("model", TAKEN, ids=sources.label_of)
def test_what_is_personal_or_sensitive_is_given_unless_it_is_said_why(model):
    out = sources.FIELDS_OUT.get(sources.label_of(model), {})
    kept = [
        f.name
        for f in model._meta.concrete_fields
        if model.Fields.of(f.name) in (Sensitivity.PERSONAL, Sensitivity.SENSITIVE)
        and f.name not in CHILD_ROW_FIELDS
        and sources.why_not_given(model, f)
    ]
    assert set(kept) <= set(out)


@pytest.mark.parametrize("model", TAKEN, ids=sources.label_of)
def test_no_key_to_staff_or_sealed_value_is_given(model):
    for field in sources.given_fields(model):
        if isinstance(field, ForeignKey):
            assert issubclass(field.related_model, (*sources.PLACES, Guardian)), field.name
        allowed = sources.FIELDS_IN.get(sources.label_of(model), ())
        assert model.Fields.of(field.name) is not Sensitivity.PROTECTED or field.name in allowed


def test_the_sweep_sees_a_new_model():
    class Fake(ChildRow):
        class Meta(ChildRow.Meta):
            app_label = "rights"
            managed = False
            indexes = ()

    try:
        assert sources.names_a_child(Fake)
        assert "rights.fake" not in sources.HEADINGS
    finally:
        apps.all_models["rights"].pop("fake")
        apps.clear_cache()


def test_what_rows_held_before_goes_with_them():
    """Every kept table of earlier values belongs to a model that is in, or is declared out."""
    taken = {Child, *sources.child_rows()}
    about = {m for m in HISTORY if sources.names_a_child(m)}
    assert about - taken <= {apps.get_model(label) for label in sources.LEFT_OUT}
    for model in about & taken:
        names = {f.name for f in sources.given_past_fields(model)}
        assert "pgh_created_at" in names
        assert not {"child", "child_key", "pgh_actor"} & names
