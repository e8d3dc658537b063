"""Raw SQL of the application role against a row of somebody else's child, in every protected table.

The tables come from the models: a new one is attacked from the day it exists.
"""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction
from tests.trust.rows import columns_of, make_row

from samhandla.trust.rls import protected_models
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
PROTECTED = protected_models(apps.get_models())
ABOUT_A_CHILD = [m for m in PROTECTED if m.row_security != "authority"]
OF_AN_AUTHORITY = [m for m in PROTECTED if m.row_security == "authority"]
# A mentor of the class beside, a principal of another school, staff without pupils, another organiser.
COLLEAGUES = ("mentor_7a", "principal_lunda", "nurse", "controller")
STRANGERS = ("principal_fria", "mentor_7f")


def label(model):
    return model._meta.label


@pytest.fixture
def foreign(cast):
    """Make a row about Alma, who goes in 7B at Bergaskolan."""

    def make(model):
        return make_row(model, by=cast.service(), child=cast.child["alma"], group=cast.group["7B"])

    return make


def run(sql, *params):
    """Return how many rows a statement touched; 0 when the database refused it."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.rowcount
    except ProgrammingError as error:
        if "permission denied" in str(error) or "row-level security" in str(error):
            return 0
        raise


def attack(row):
    """Return what each kind of statement reached of a row."""
    table, pk = row._meta.db_table, row._meta.pk
    key = pk.get_db_prep_value(row.pk, connection)
    column = next(f.column for f in row._meta.concrete_fields if not f.primary_key and not f.generated)
    new = columns_of(row)
    names, marks = ", ".join(f'"{n}"' for n in new), ", ".join(["%s"] * len(new))
    where = f'where "{pk.column}" = %s'
    return {
        "select": run(f'select 1 from "{table}" {where}', key),
        "lock": run(f'select 1 from "{table}" {where} for update', key),
        "update": run(f'update "{table}" set "{column}" = "{column}" {where}', key),
        "update all": run(
            f'update "{table}" set "{column}" = "{column}" where "{pk.column}"::text = %s', str(row.pk)
        ),
        "delete": run(f'delete from "{table}" {where}', key),
        "insert": run(f'insert into "{table}" ({names}) values ({marks})', *new.values()),
    }


NOTHING = {"select": 0, "lock": 0, "update": 0, "update all": 0, "delete": 0, "insert": 0}


def roundabout(row):
    """Return how many rows came by counting, joining and sub-queries rather than by a plain SELECT."""
    table, pk = row._meta.db_table, row._meta.pk.column
    ways = (
        f'select "{pk}" from "{table}" where "{pk}"::text = %s',
        f'with t as materialized (select * from "{table}") select 1 from t where "{pk}"::text = %s',
        f'select 1 from trust_authority a join "{table}" t on true where t."{pk}"::text = %s',
        f'select 1 from trust_authority where exists (select 1 from "{table}" t where t."{pk}"::text = %s)',
        f'select 1 from "{table}" t full join "{table}" u using ("{pk}") where t."{pk}"::text = %s',
    )
    return sum(run(sql, str(row.pk)) for sql in ways)


def reached_by_nobody(row):
    """Attack without a viewer, past the loudness that tests have."""
    with acting_as(None):
        connection.execute_wrappers, kept = [], connection.execute_wrappers
        try:
            return attack(row)
        finally:
            connection.execute_wrappers = kept


@pytest.mark.parametrize("model", ABOUT_A_CHILD, ids=label)
def test_a_row_about_a_child_is_read_by_its_own_and_out_of_reach_of_others(cast, foreign, model):
    row = foreign(model)
    # What somebody has read is told row by row to nobody else, not even to those who may read the child; a
    # check of the log is told to the one who signs it.
    own = {
        "read_entry": [cast.service()],
        "log_review": [cast.service()],
        # What was in a child's own row before a move is of the school that it left.
        "child_past": [cast.viewer("principal")],
    }.get(model.row_security, [cast.viewer("principal"), cast.viewer("mentor_7b")])
    for viewer in own:
        with acting_as(viewer):
            assert model.objects.filter(pk=row.pk).exists(), viewer.name
    for name in (*COLLEAGUES, *STRANGERS):
        allowed = dict(NOTHING)
        if model.row_security == "guardian" and name in COLLEAGUES:
            allowed["insert"] = 1  # written before anybody can know whose it is; it cannot be read back
        with acting_as(cast.viewer(name)):
            assert attack(row) == allowed, name
            assert roundabout(row) == 0, name
    assert reached_by_nobody(row) == NOTHING


@pytest.mark.parametrize("model", OF_AN_AUTHORITY, ids=label)
def test_a_row_of_an_authority_is_out_of_reach_of_another(cast, foreign, model):
    row = foreign(model)
    with acting_as(cast.viewer("data_administrator")):
        assert model.objects.filter(pk=row.pk).exists()
    for name in STRANGERS:
        with acting_as(cast.viewer(name)):
            assert attack(row) == NOTHING, name
            assert roundabout(row) == 0, name
    assert reached_by_nobody(row) == NOTHING
