"""What an attacker with the application role's connection may try beside the tables."""

from __future__ import annotations

import psycopg
import pytest
from django.conf import settings
from tests.support.database import raw_connection

from samhandla.people import actions
from samhandla.trust.crypto import sign_viewer
from samhandla.trust.viewer import Viewer, acting_as

pytestmark = pytest.mark.django_db(transaction=True)

REFUSED = (
    # to become somebody else
    "set role samhandla_owner",
    "set role samhandla_maint",
    "set session authorization samhandla_owner",
    "set row_security = off; select * from people_child",
    "alter role samhandla_app bypassrls",
    "create role other superuser",
    "grant samhandla_maint to samhandla_app",
    # to take the guard away
    "alter table people_child no force row level security",
    "alter table people_child disable row level security",
    "drop policy viewer on people_child",
    "create policy open on people_child using (true)",
    "create or replace function viewer_child_ids() returns bigint[] language sql as 'select null'",
    "alter function viewer_child_ids() owner to samhandla_app",
    "create trigger t after insert on people_child execute function people_derive_access(1)",
    "create rule r as on select to people_child do instead select 1",
    "create view public.v as select * from people_child",
    "create table public.t (id int)",
    "create function public.f() returns int language sql as 'select 1'",
    "create schema other",
    "create extension dblink",
    "truncate people_child",
    "select 1; lock table trust_access in access exclusive mode",
    # to read beside the tables
    "select * from trust_access",
    "select * from trust_signingkey",
    "select rolpassword from pg_authid",
    "select pg_read_file('PG_VERSION')",
    "select pg_ls_dir('.')",
    "select lo_import('/etc/passwd')",
    "copy people_child from '/etc/passwd'",
    "copy (select 1) to '/tmp/samhandla-leak'",
    "copy (select 1) to program 'id'",
    "create temp table t (l text); copy t from program 'id'",
    "create temp table t (l text); copy t from '/etc/passwd'",
    "alter system set log_statement = 'all'",
    "select pg_reload_conf()",
    "set session_preload_libraries = 'x'",
    "load 'dblink'",
    "do language plpython3u 'pass'",
    # to change what was done
    "update trust_event set reason = ''",
    "delete from trust_event",
)


@pytest.fixture
def mentor(cast, postgres):
    """A raw connection of the application role, signed in as the mentor of 7B."""
    viewer = cast.viewer("mentor_7b")
    with raw_connection(postgres) as raw:
        become(raw, token_of(viewer))
        yield raw


def token_of(viewer: Viewer) -> str:
    return sign_viewer(settings.SAMHANDLA_SECRET, viewer.actor_id, viewer.authority_id)


def become(raw, token):
    raw.execute("select set_config('app.viewer', %s, false)", [token])
    raw.commit()


def children(raw):
    return raw.execute("select count(*) from people_child").fetchone()[0]


def test_statements_are_refused(mentor):
    passed = []
    mentor.rollback()
    mentor.autocommit = True  # ALTER SYSTEM refuses a transaction before it looks at the role
    for statement in REFUSED:
        try:
            mentor.execute(statement)
        except (
            psycopg.errors.InsufficientPrivilege,
            psycopg.errors.UndefinedObject,  # a language or extension that the server does not have
            psycopg.errors.UndefinedFile,
            psycopg.errors.FeatureNotSupported,
        ):
            pass
        else:
            passed.append(statement)
    assert not passed
    assert children(mentor) == 3


def test_copy_gives_only_own_rows(mentor):
    with mentor.cursor().copy("copy (select given_name from people_child) to stdout") as copy:
        names = {row[0] for row in copy.rows()}
    assert names == {"Alma", "Omar", "Tove"}
    mentor.rollback()


SHADOWS = (
    "create temp table trust_access (id int)",
    "create temp table people_child as select 1::bigint as id, 1::bigint as unit_id",
    """create temp table trust_signingkey as
    select 1::smallint as id, ''::bytea as inner_pad, ''::bytea as outer_pad""",
    """create temp view trust_access as select 1::bigint as actor_id, g::bigint as child_id,
    null::bigint as unit_id, 1::smallint as domain_id, date '2000-01-01' as valid_from, null::date as valid_to
    from generate_series(1, 9999) g""",
)


def test_temporary_tables_do_not_shadow_what_the_functions_read(mentor):
    for shadow in SHADOWS:
        mentor.execute(shadow)
        mentor.execute("set search_path = pg_temp, public")
        assert mentor.execute("select count(*) from public.people_child").fetchone() == (3,), shadow
        mentor.rollback()


def test_functions_and_operators_of_ones_own_do_not_see_foreign_rows(mentor):
    """A cheap function in WHERE would see every row if the policy came after it."""
    mentor.execute(
        "create function pg_temp.spy(text) returns boolean language plpgsql cost 0.0000001"
        " as $$ begin raise notice 'spied %', $1; return true; end $$"
    )
    told: list[str] = []
    mentor.add_notice_handler(lambda notice: told.append(notice.message_primary))
    mentor.execute("select 1 from people_child where pg_temp.spy(given_name)")
    assert {text.removeprefix("spied ") for text in told} == {"Alma", "Omar", "Tove"}
    mentor.rollback()


def test_errors_do_not_tell_of_foreign_rows(mentor):
    """A cast that fails on a hidden row would print what stands in it."""
    hidden = "select given_name::int from people_child where given_name not in ('Alma', 'Omar', 'Tove')"
    assert mentor.execute(hidden).fetchall() == []
    with pytest.raises(psycopg.errors.InvalidTextRepresentation, match=r"Alma|Omar|Tove"):
        mentor.execute("select given_name::int from people_child")
    mentor.rollback()


def test_statistics_do_not_tell_of_foreign_rows(mentor, postgres):
    """ANALYZE keeps common values; the view of them is closed where row-level security holds."""
    with raw_connection(postgres, "owner") as owner:
        owner.execute("analyze people_child")
        owner.commit()
    rows = mentor.execute("select 1 from pg_stats where tablename = 'people_child'").fetchall()
    assert rows == []
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        mentor.execute("select stavalues1 from pg_statistic")
    mentor.rollback()


def test_another_connection_cannot_be_read(mentor, cast, postgres):
    """What a colleague's connection runs, and its viewer, stay there."""
    with raw_connection(postgres) as other:
        become(other, token_of(cast.viewer("principal")))
        assert (children(mentor), children(other)) == (3, 4)
        seen = mentor.execute("select current_setting('app.viewer', true)").fetchone()[0]
        assert seen == token_of(cast.viewer("mentor_7b"))


def test_large_objects_and_listening_carry_nothing(mentor):
    """They are allowed to every role; nothing of ours is ever put in them."""
    assert mentor.execute("select count(*) from pg_largeobject_metadata").fetchone() == (0,)
    mentor.execute("listen anything")
    mentor.commit()
    assert list(mentor.notifies(timeout=0.1)) == []


def changed_tokens(token, other_actor):
    actor, authority, tag = token.split(".")
    last = "0" if tag[-1] != "0" else "1"
    return (
        f"{actor}.{authority}.{tag[:-1]}{last}",
        f"{actor}.{authority}.{tag[:-8]}",
        f"{actor}.{authority}.",
        f"{other_actor}.{authority}.{tag}",
        f"{actor}.{int(authority) + 1}.{tag}",
        f"x.{authority}.{tag}",
        f"{token}.1",
        "' or true --",
    )


def test_a_changed_token_is_refused(mentor, cast):
    token = token_of(cast.viewer("mentor_7b"))
    for changed in changed_tokens(token, cast.viewer("principal").actor_id):
        become(mentor, changed)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            children(mentor)
        mentor.rollback()
    become(mentor, token)
    assert children(mentor) == 3


def test_a_token_of_another_installation_is_refused(mentor, cast):
    viewer = cast.viewer("mentor_7b")
    become(mentor, sign_viewer("another installation's secret", viewer.actor_id, viewer.authority_id))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        children(mentor)
    mentor.rollback()


def test_no_token_gives_no_row(mentor):
    for empty in (None, ""):
        become(mentor, empty)
        assert children(mentor) == 0
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        mentor.execute(
            "insert into people_guardian (id, authority_id, given_name, family_name, protection, email,"
            " phone, language)"
            " values (gen_random_uuid(), 1, 'A', 'B', 'none', '', '', '')"
        )
    mentor.rollback()


def test_keys_of_ones_own_making_are_not_believed(mentor, cast):
    """The kept keys stand in a setting that anybody can write: here with every child and unit in them."""
    mentor.rollback()
    everything = ",".join(str(n * 65536 + d) for n in range(1, 400) for d in range(1, 8))
    for seal in ("", "0" * 64, token_of(cast.viewer("mentor_7b")).rsplit(".", 1)[1]):
        forged = f"{seal}/{{{everything}}}|{{{everything}}}|{{{everything}}}"
        mentor.execute("select set_config('app.keys', %s, false)", [forged])
        assert children(mentor) == 3
        mentor.rollback()


def test_kept_keys_do_not_outlive_their_transaction_or_pass_to_another(mentor, cast, postgres):
    mentor.rollback()
    assert children(mentor) == 3
    kept = mentor.execute("select current_setting('app.keys')").fetchone()[0]
    mentor.commit()
    assert len(kept) > 64
    with raw_connection(postgres) as raw:
        become(raw, token_of(cast.viewer("mentor_7a")))
        raw.execute("select set_config('app.keys', %s, false)", [kept])
        assert children(raw) == 1
    with acting_as(cast.service()):
        task = cast.staff["mentor_7b"].assignments.get()
        actions.end_assignment_now(by=cast.viewer("principal"), assignment_id=task.pk)
    mentor.execute("select set_config('app.keys', %s, false)", [kept])
    assert children(mentor) == 0
