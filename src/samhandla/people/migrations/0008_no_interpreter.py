"""The field was never written: no source tells it and no page asks for it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("people", "0007_staff_eppn")]

    operations = [migrations.RemoveField(model_name="guardian", name="interpreter")]
