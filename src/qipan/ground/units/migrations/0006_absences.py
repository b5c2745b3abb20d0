"""Posts that stand in for somebody absent."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Add what a post stands in for."""

    dependencies = (("units", "0005_roles"),)

    operations = (
        migrations.AddField(
            model_name="post",
            name="stands_for",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="deputies",
                to="units.post", help_text="the post of somebody absent, whose rights this one has for its dates",
            ),
        ),
    )  # fmt: skip
