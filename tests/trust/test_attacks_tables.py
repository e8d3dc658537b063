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
# A mentor of the class beside, a principal of another school, EMI, staff without pupils, another organiser.
COLLEAGUES = ("mentor_7a", "principal_lunda", "nurse", "controller")
STRANGERS = ("principal_fria", "mentor_7f")


def label(model):
    return model._meta.label


@pytest.fixture
def foreign(cast):
    """Make a row about Alma, who goes in 7B at Bergaskolan."""

    cast._duty("board", "registrar", "registrar", "berga")
    keeper = cast.viewer("registrar")

    def make(model):
        group = cast.group["7B"]
        return make_row(model, by=cast.service(), keeper=keeper, child=cast.child["alma"], group=group)

    return make


def run(sql, *params):
    """Return how many rows a statement touched; 0 when the database refused it."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.rowcount
    except ProgrammingError as error:
        if getattr(error.__cause__, "sqlstate", "") == REFUSED:
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


# No right to the table, a policy, or a guard function of the database: all say "insufficient privilege".
REFUSED = "42501"
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


# Who reads a row about Alma, where it is not both her principal and her mentor.
OWN_READERS = {
    # What somebody has read is told row by row to nobody else, not even to those who may read the child; a
    # check of the log is told to the one who signs it.
    "read_entry": ["service"],
    "log_review": ["service"],
    # What was in a child's own row before a move is of the school that it left.
    "child_past": ["principal"],
    # Requests by right, and what requests and limits held before, are the unit's: a mentor reads that a limit
    # is in force, not its history.
    "unit_past": ["principal"],
    "rights_request": ["principal"],
    # Whoever handles requests for the whole authority, and whoever keeps its register, alone.
    "rights_extract": ["registrar"],
    "records": ["registrar"],
}
# EMI works with the pupils of its units: it reads who they and their guardians are, and writes none of it. It
# may lock a child's row, so that two taps on a button come one after the other.
READ_BY_EMI = {
    "people.Child": {"select": 1, "lock": 1},
    "people.ChildHistory": {"select": 1},
    "people.Guardian": {"select": 1, "lock": 1, "insert": 0},
    "people.GuardianHistory": {"select": 1},
    "people.Guardianship": {"select": 1},
}


def allowed_to(name, model):
    """Return what each kind of statement of a colleague or a stranger may reach."""
    allowed = dict(NOTHING)
    if model.row_security == "guardian" and name in COLLEAGUES:
        allowed["insert"] = 1  # written before anybody can know whose it is; it cannot be read back
    if name == "nurse":
        allowed |= READ_BY_EMI.get(label(model), {})
    return allowed


@pytest.mark.parametrize("model", ABOUT_A_CHILD, ids=label)
def test_a_row_about_a_child_is_read_by_its_own_and_out_of_reach_of_others(cast, foreign, model):
    row = foreign(model)
    for name in OWN_READERS.get(model.row_security, ["principal", "mentor_7b"]):
        with acting_as(cast.service() if name == "service" else cast.viewer(name)):
            assert model.objects.filter(pk=row.pk).exists(), name
    for name in (*COLLEAGUES, *STRANGERS):
        allowed = allowed_to(name, model)
        with acting_as(cast.viewer(name)):
            assert attack(row) == allowed, name
            assert (roundabout(row) > 0) == (allowed["select"] > 0), name
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
