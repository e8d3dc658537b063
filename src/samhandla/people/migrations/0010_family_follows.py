"""Guardians and personal number are the register's facts about the pupil, not a school's notes: they follow it.

Enrolments, groups and everything that was made at the old unit stay there. A trigger, since both an import and
its undo, and a move by hand, change the unit.
"""

from django.db import migrations

FOLLOWS = """
    create function people_family_follows() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $body$
    begin
        update people_guardianship set unit_id = new.unit_id
        where child_id = new.id and unit_id is distinct from new.unit_id;
        update people_childidentity set unit_id = new.unit_id
        where child_id = new.id and unit_id is distinct from new.unit_id;
        return null;
    end
    $body$;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0009_place")]

    operations = [
        migrations.RunSQL(
            f"set local role samhandla_maint; {FOLLOWS} reset role;"
            " create trigger family_follows after update of unit_id on people_child for each row"
            " when (old.unit_id is distinct from new.unit_id) execute function people_family_follows();",
            "drop trigger family_follows on people_child;"
            " set local role samhandla_maint; drop function people_family_follows(); reset role;",
        ),
        migrations.RunSQL(
            "set local role samhandla_maint; update people_guardianship g set unit_id = c.unit_id from people_child c"
            " where c.id = g.child_id and g.unit_id <> c.unit_id;"
            "update people_childidentity i set unit_id = c.unit_id from people_child c"
            " where c.id = i.child_id and i.unit_id <> c.unit_id; reset role;",
            migrations.RunSQL.noop,
        ),
    ]
