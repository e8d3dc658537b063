"""Access through a group has a place: rows about the child made elsewhere stay closed."""

from django.db import migrations, models

from samhandla.trust.rls import KEY_FACTOR, UNIT_FACTOR, child_row

# As in 0004: quick, with the token checked once and its own authority's domains only.
CASE_KEYS = f"""
    create function viewer_case_keys() returns bigint[]
    language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
    as $body$
    declare
        viewer bigint[] := viewer_parts();
        today date := (now() at time zone 'Europe/Stockholm')::date;
        found_keys bigint[];
    begin
        if viewer is null then return '{{}}'; end if;
        select coalesce(array_agg(
            (a.child_id * {KEY_FACTOR} + a.domain_id) * {UNIT_FACTOR} + coalesce(a.place_id, 0)), '{{}}')
        into found_keys
        from trust_access a
        where a.actor_id = viewer[1] and a.child_id is not null
            and a.valid_from <= today and (a.valid_to is null or a.valid_to >= today)
            and a.domain_id = any(array(select d.id from trust_domain d where d.authority_id = viewer[2]));
        return found_keys;
    end
    $body$;
"""
OWN = "actor_id = (select viewer_actor())"


class Migration(migrations.Migration):
    dependencies = [("trust", "0006_school_duty_branch")]

    operations = [
        migrations.AddField("access", "place_id", models.BigIntegerField(null=True)),
        migrations.AddConstraint(
            "access",
            models.CheckConstraint(
                condition=models.Q(place_id__isnull=True) | models.Q(child_id__isnull=False),
                name="access_place_of_child",
            ),
        ),
        migrations.RunSQL(
            f"set local role samhandla_maint; {CASE_KEYS} reset role;",
            "set local role samhandla_maint; drop function viewer_case_keys(); reset role;",
        ),
        migrations.RunSQL(
            f"alter policy viewer on trust_event using ({child_row()} or {OWN})", migrations.RunSQL.noop
        ),
    ]
