import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("standards", "0001_editions"),
        ("units", "0001_units"),
    ]

    operations = [
        migrations.CreateModel(
            name="Campaign",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_zh", models.CharField(max_length=120)),
                ("name_en", models.CharField(blank=True, max_length=120)),
                ("honour", models.CharField(blank=True, max_length=40)),
                ("first_year", models.PositiveSmallIntegerField()),
                ("last_year", models.PositiveSmallIntegerField()),
                (
                    "county",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="campaigns", to="units.county"
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="units.unit",
                    ),
                ),
            ],
            options={
                "ordering": ("-first_year", "id"),
            },
        ),
        migrations.CreateModel(
            name="CampaignYear",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField()),
                ("absent_types", models.JSONField(blank=True, default=list)),
                ("assumed_cut", models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                (
                    "duties_version",
                    models.PositiveIntegerField(default=0, help_text="rises when a responsibility changes"),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="years", to="campaigns.campaign"
                    ),
                ),
                (
                    "companions",
                    models.ManyToManyField(
                        help_text="sub-standards, checklists, questionnaires and functions",
                        related_name="+",
                        to="standards.edition",
                    ),
                ),
                (
                    "standard",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="standards.edition"
                    ),
                ),
            ],
            options={
                "ordering": ("year",),
            },
        ),
        migrations.CreateModel(
            name="AnsweringLead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("check_key", models.CharField(max_length=120)),
                ("chosen_at", models.DateTimeField(auto_now=True)),
                ("chosen_by", models.CharField(help_text="person, post and unit, as values", max_length=160)),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="units.unit"),
                ),
                (
                    "campaign_year",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answering_leads",
                        to="campaigns.campaignyear",
                    ),
                ),
            ],
            options={
                "ordering": ("check_key",),
            },
        ),
        migrations.CreateModel(
            name="FunctionDuty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("function", models.CharField(max_length=40)),
                ("valid_from", models.DateField(blank=True, null=True)),
                ("valid_to", models.DateField(blank=True, null=True)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="function_duties",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="function_duties", to="units.unit"
                    ),
                ),
            ],
            options={
                "ordering": ("function", "id"),
            },
        ),
        migrations.CreateModel(
            name="TimeNode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_zh", models.CharField(max_length=120)),
                ("name_en", models.CharField(blank=True, max_length=120)),
                ("on", models.DateField()),
                ("decides", models.BooleanField(default=False, help_text="an official assessment")),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="nodes", to="campaigns.campaign"
                    ),
                ),
            ],
            options={
                "ordering": ("on", "id"),
            },
        ),
        migrations.AddConstraint(
            model_name="campaignyear",
            constraint=models.UniqueConstraint(fields=("campaign", "year"), name="campaign_year_once"),
        ),
        migrations.AddConstraint(
            model_name="answeringlead",
            constraint=models.UniqueConstraint(fields=("campaign_year", "check_key"), name="one_answering_lead"),
        ),
        migrations.AddIndex(
            model_name="functionduty",
            index=models.Index(fields=["campaign", "function"], name="function_duty"),
        ),
    ]
