from django.db import migrations

from samhandla.trust.rls import AUTHORITY, protect

TABLES = (
    "govern_boardassessment",
    "govern_boardcount",
    "govern_boardfigure",
    "govern_boardgoal",
    "govern_boardpage",
)


class Migration(migrations.Migration):
    dependencies = [("govern", "0001_initial"), ("trust", "0002_viewer_functions")]

    operations = [
        *(protect(table, AUTHORITY) for table in TABLES),
        # What is frozen stays: the running role writes a page once and never again.
        migrations.RunSQL(
            "revoke update, delete, truncate on govern_boardpage from samhandla_app;"
            "revoke update, delete, truncate on govern_boardmeasure from samhandla_app;",
            "grant update, delete on govern_boardpage to samhandla_app;"
            "grant update, delete on govern_boardmeasure to samhandla_app;",
        ),
    ]
