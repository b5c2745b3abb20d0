"""Types of villages and communities are marked as such."""

from typing import Any

from django.db import migrations, models

USUAL = ("community", "neighbourhood_committee", "village", "village_committee")


def mark(apps: Any, schema_editor: Any) -> None:
    """Mark the usual types; the office marks its own."""
    apps.get_model("units", "UnitType").objects.filter(code__in=USUAL).update(is_grassroots=True)


class Migration(migrations.Migration):
    dependencies = [("units", "0003_sent_forms")]

    operations = [
        migrations.AddField(
            model_name="unittype",
            name="is_grassroots",
            field=models.BooleanField(
                default=False, help_text="a village, a community: has few powers and means of its own"
            ),
        ),
        migrations.RunPython(mark, migrations.RunPython.noop),
    ]
