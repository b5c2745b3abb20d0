from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Edition",
            fields=[
                ("hash", models.CharField(max_length=64, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("standard", "Standard"),
                            ("checklists", "Checklists"),
                            ("questionnaires", "Questionnaires"),
                            ("functions", "Functions"),
                        ],
                        max_length=16,
                    ),
                ),
                ("name", models.CharField(db_index=True, help_text="the id that the pack gives itself", max_length=80)),
                ("title_zh", models.CharField(max_length=200)),
                ("title_en", models.CharField(blank=True, max_length=200)),
                ("edition_zh", models.CharField(blank=True, max_length=120)),
                ("edition_en", models.CharField(blank=True, max_length=120)),
                ("nodes", models.PositiveIntegerField(default=0)),
                ("checks", models.PositiveIntegerField(default=0)),
                ("content", models.TextField(help_text="canonical JSON")),
                ("stored_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ("name", "stored_at", "hash"),
            },
        ),
    ]
