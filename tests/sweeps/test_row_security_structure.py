"""Every table with a child in it is protected, FORCEd, and every arm of its policy has an index."""

from __future__ import annotations

import re
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from samhandla.people.models import Child, ChildRow
from samhandla.trust.history import HISTORY
from samhandla.trust.rls import protected_models

pytestmark = pytest.mark.django_db
PROTECTED = protected_models(apps.get_models())
HISTORY_OF = {history: model for model, history in HISTORY.items()}


def _one(sql: str, *args: object):
    with connection.cursor() as cursor:
        cursor.execute(sql, args)
        return cursor.fetchall()


@pytest.mark.parametrize("model", PROTECTED, ids=lambda m: m._meta.label)
def test_row_security_is_on_and_forced(model):
    rows = _one(
        "select relrowsecurity, relforcerowsecurity from pg_class where oid = %s::regclass",
        model._meta.db_table,
    )
    assert rows == [(True, True)]
    assert _one("select 1 from pg_policies where tablename = %s", model._meta.db_table)


@pytest.mark.parametrize(
    "model",
    [m for m in PROTECTED if issubclass(HISTORY_OF.get(m, m), ChildRow)],
    ids=lambda m: m._meta.label,
)
def test_each_arm_has_an_index(model):
    indexes = [
        row[0] for row in _one("select indexdef from pg_indexes where tablename = %s", model._meta.db_table)
    ]
    for key in ("child_key", "unit_key"):
        assert any(re.search(rf"\({key}[,)]", definition) for definition in indexes), key


def test_every_model_that_names_a_child_is_protected():
    """A foreign key to a child, or a column named child, makes a table protected."""
    for model in apps.get_models():
        fields = model._meta.get_fields()
        names_child = any(
            f.concrete and (f.name in {"child", "child_key"} or getattr(f, "related_model", None) is Child)
            for f in fields
        )
        if names_child:
            assert model in PROTECTED, f"{model._meta.label} nämner ett barn men skyddas inte"


def test_installed_derivation_is_the_present_one():
    """Roles or kinds that changed need a new migration that installs the function again."""
    from samhandla.people.derivation import BODY

    (installed,) = _one("select prosrc from pg_proc where proname = 'people_derive_access'")[0]
    assert installed.split() == BODY.split(), "lägg till en migration som kör people.derivation.INSTALL"


@pytest.mark.parametrize("module", ["detect.taught", "records.guard", "secrecy.guard", "secrecy.override"])
def test_installed_functions_are_the_present_ones(module):
    """What the rules of rights are made of changes; a new migration must then install the functions again."""
    text = import_module(f"samhandla.{module}").INSTALL
    kept = re.findall(r"function (\w+)\(.*?\$body\$(.*?)\$body\$", text, re.DOTALL)
    assert kept
    for name, body in kept:
        (installed,) = _one(f"select prosrc from pg_proc where proname = '{name}'")[0]
        assert installed.split() == body.split(), f"{name}: lägg till en migration som kör {module}.INSTALL"


def test_functions_that_read_access_belong_to_maint_with_a_fixed_path():
    rows = _one(
        """select proname, rolname, proconfig from pg_proc join pg_roles r on r.oid = proowner
        where prosecdef and proname !~ '^procrastinate'"""
    )
    assert {name for name, _, _ in rows} >= {"viewer_parts", "viewer_child_keys", "people_derive_access"}
    for name, owner, config in rows:
        # What a trigger of history writes, it writes as whoever made the tables, and nowhere else.
        assert owner == ("samhandla_owner" if name.startswith("pgtrigger_") else "samhandla_maint"), name
        assert any(c.startswith("search_path=pg_catalog") for c in config), name


@pytest.mark.parametrize(
    "model", [m for m in PROTECTED if issubclass(m, (ChildRow, Child))], ids=lambda m: m._meta.label
)
def test_every_table_about_a_child_withholds(model):
    """Protected identity and jäv lie over every other policy; a new table cannot be forgotten."""
    rows = _one(
        "select permissive, qual from pg_policies where tablename = %s and policyname = 'withheld'",
        model._meta.db_table,
    )
    assert [kind for kind, _ in rows] == ["RESTRICTIVE"]
    assert "viewer_withheld" in rows[0][1]
