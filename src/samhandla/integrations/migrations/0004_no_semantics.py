"""The field was never written: what a source means by its words stands in its column mapping."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("integrations", "0003_said")]

    operations = [migrations.RemoveField(model_name="source", name="semantics")]
