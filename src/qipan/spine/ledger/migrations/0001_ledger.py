import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("campaigns", "0001_campaigns"),
        ("units", "0001_units"),
    ]

    operations = [
        migrations.CreateModel(
            name="Ledger",
            fields=[
                (
                    "county",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="ledger",
                        serialize=False,
                        to="units.county",
                    ),
                ),
                ("version", models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Round",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40)),
                ("name_zh", models.CharField(max_length=120)),
                ("name_en", models.CharField(blank=True, max_length=120)),
                (
                    "selection",
                    models.CharField(
                        choices=[("drawn", "Drawn"), ("census", "Census"), ("chosen", "Chosen")], max_length=8
                    ),
                ),
                ("seed", models.CharField(blank=True, max_length=80)),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "county",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rounds", to="units.county"
                    ),
                ),
            ],
            options={
                "ordering": ("opened_at", "id"),
            },
        ),
        migrations.CreateModel(
            name="Observation",
            fields=[
                ("seq", models.BigAutoField(primary_key=True, serialize=False)),
                ("uid", models.UUIDField(unique=True)),
                ("year", models.PositiveSmallIntegerField()),
                ("item", models.CharField(max_length=80)),
                ("stratum", models.CharField(max_length=40)),
                ("cluster", models.CharField(max_length=40)),
                ("subject", models.CharField(blank=True, max_length=60)),
                (
                    "selection",
                    models.CharField(
                        choices=[("drawn", "Drawn"), ("census", "Census"), ("chosen", "Chosen")], max_length=8
                    ),
                ),
                ("outcome", models.CharField(max_length=60)),
                ("weight", models.PositiveIntegerField(default=1)),
                ("observed_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("by_person", models.CharField(blank=True, max_length=80)),
                ("by_post", models.CharField(blank=True, max_length=120)),
                ("by_unit", models.CharField(blank=True, max_length=80)),
                ("own", models.BooleanField(default=False, help_text="a look by the unit that owns the points")),
                ("source", models.CharField(blank=True, max_length=80)),
                ("supersedes", models.UUIDField(blank=True, null=True)),
                (
                    "county",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="units.county"
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.round",
                    ),
                ),
            ],
            options={
                "ordering": ("seq",),
            },
        ),
        migrations.CreateModel(
            name="Listing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stratum", models.CharField(max_length=40)),
                ("cluster", models.CharField(max_length=40)),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="listings", to="ledger.round"
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="RoundFigure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("check_key", models.CharField(max_length=120)),
                ("stratum", models.CharField(max_length=40)),
                ("clusters", models.BigIntegerField()),
                ("seen", models.BigIntegerField()),
                ("sum_y", models.BigIntegerField()),
                (
                    "amended_at",
                    models.DateTimeField(blank=True, help_text="empty for the figure published at closing", null=True),
                ),
                (
                    "campaign_year",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="campaigns.campaignyear"
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="figures", to="ledger.round"
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("level", models.PositiveSmallIntegerField(choices=[(0, "Now"), (1, "Found")])),
                ("check_key", models.CharField(max_length=120)),
                ("stratum", models.CharField(max_length=40)),
                ("clusters", models.BigIntegerField(default=0)),
                ("seen", models.BigIntegerField(default=0)),
                ("sum_y", models.BigIntegerField(default=0)),
                ("sum_y2", models.BigIntegerField(default=0)),
                ("sum_low", models.BigIntegerField(default=0)),
                ("sum_high", models.BigIntegerField(default=0)),
                ("num", models.BigIntegerField(default=0)),
                ("den", models.BigIntegerField(default=0)),
                ("unknown", models.BigIntegerField(default=0)),
                ("na", models.BigIntegerField(default=0)),
                ("not_seen", models.BigIntegerField(default=0)),
                ("refused", models.BigIntegerField(default=0)),
                ("lost", models.BigIntegerField(default=0)),
                ("disputed", models.BigIntegerField(default=0)),
                (
                    "campaign_year",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="campaigns.campaignyear",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="Reading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("level", models.PositiveSmallIntegerField(choices=[(0, "Now"), (1, "Found")])),
                ("check_key", models.CharField(max_length=120)),
                ("stratum", models.CharField(max_length=40)),
                ("cluster", models.CharField(max_length=40)),
                ("enters", models.BooleanField()),
                ("value", models.BigIntegerField()),
                ("weight", models.BigIntegerField()),
                ("num", models.BigIntegerField()),
                ("den", models.BigIntegerField()),
                ("faults", models.BigIntegerField()),
                ("unknown", models.BigIntegerField()),
                ("y", models.IntegerField()),
                ("low", models.IntegerField()),
                ("high", models.IntegerField()),
                ("na", models.IntegerField()),
                ("not_seen", models.IntegerField()),
                ("refused", models.IntegerField()),
                ("lost", models.IntegerField()),
                ("disputed", models.IntegerField()),
                (
                    "campaign_year",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="campaigns.campaignyear",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "indexes": [models.Index(fields=["campaign_year", "cluster"], name="reading_cluster")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("campaign_year", "level", "check_key", "stratum", "cluster"), name="one_reading"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.UniqueConstraint(fields=("county", "code"), name="round_code_in_county"),
        ),
        migrations.AddIndex(
            model_name="observation",
            index=models.Index(fields=["county", "year", "cluster", "item"], name="observation_cell"),
        ),
        migrations.AddIndex(
            model_name="observation",
            index=models.Index(fields=["county", "year", "item"], name="observation_item"),
        ),
        migrations.AddConstraint(
            model_name="observation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("supersedes__isnull", False)), fields=("supersedes",), name="superseded_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="listing",
            constraint=models.UniqueConstraint(fields=("round", "stratum", "cluster"), name="listed_once"),
        ),
        migrations.AddConstraint(
            model_name="tally",
            constraint=models.UniqueConstraint(
                fields=("campaign_year", "level", "check_key", "stratum"), name="one_tally"
            ),
        ),
    ]
