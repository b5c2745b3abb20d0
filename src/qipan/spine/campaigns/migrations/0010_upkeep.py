"""A campaign can be in upkeep: since when, why, and which share of the usual sample a round proposes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0009_closed_years")]

    operations = [
        migrations.AddField(
            model_name="campaign",
            name="upkeep_since",
            field=models.DateField(blank=True, help_text="after the title: the first day of upkeep", null=True),
        ),
        migrations.AddField(
            model_name="campaign",
            name="upkeep_reason",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="campaign",
            name="upkeep_share",
            field=models.PositiveSmallIntegerField(
                default=50, help_text="per cent of the usual sample that a round proposes in upkeep"
            ),
        ),
    ]
