"""Groups of units."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Add what offices call several units together."""

    dependencies = (("units", "0006_absences"),)

    operations = (
        migrations.CreateModel(
            name="UnitGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40)),
                ("name_zh", models.CharField(max_length=40)),
                ("name_en", models.CharField(blank=True, max_length=80)),
                ("aliases", models.JSONField(blank=True, default=list, help_text="other words for it")),
                ("types", models.JSONField(blank=True, default=list, help_text="codes of types of units")),
                (
                    "functions",
                    models.JSONField(blank=True, default=list, help_text="codes of functions; * stands for any"),
                ),
                ("listed", models.JSONField(blank=True, default=list, help_text="codes of units")),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "county",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="unit_groups", to="units.county"
                    ),
                ),
            ],
            options={"ordering": ("position", "code")},
        ),
        migrations.AddConstraint(
            model_name="unitgroup",
            constraint=models.UniqueConstraint(fields=("county", "code"), name="unit_group_in_county"),
        ),
    )
