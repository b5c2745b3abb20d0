"""Targets that units set themselves."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the rates that units have set themselves."""

    dependencies = (("units", "0007_groups"), ("campaigns", "0007_programmes"))

    operations = (
        migrations.CreateModel(
            name="OwnTarget",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("check_key", models.CharField(max_length=120)),
                ("per_cent", models.DecimalField(decimal_places=2, max_digits=5)),
                ("set_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "campaign_year",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="own_targets",
                        to="campaigns.campaignyear",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="own_targets", to="units.unit"
                    ),
                ),
            ],
            options={"ordering": ("check_key", "id")},
        ),
        migrations.AddConstraint(
            model_name="owntarget",
            constraint=models.UniqueConstraint(fields=("campaign_year", "check_key", "unit"), name="own_target_once"),
        ),
    )
