"""Posts that wait for approval, and the version of a person."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Add requests for posts, whether a county has them approved, and the version guard of names and phones."""

    dependencies = (("units", "0007_groups"),)

    operations = (
        migrations.AddField(
            model_name="county",
            name="posts_approved",
            field=models.BooleanField(
                default=False, help_text="a new post waits until the security administrator approves it"
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="version",
            field=models.PositiveIntegerField(default=1, help_text="of the name and the phone"),
        ),
        migrations.CreateModel(
            name="PostRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("office", "Office"),
                            ("leader", "Leader"),
                            ("head", "Head"),
                            ("liaison", "Liaison"),
                            ("inspector", "Inspector"),
                            ("reviewer", "Reviewer"),
                            ("support", "Support"),
                            ("system", "System"),
                            ("security", "Security"),
                            ("audit", "Audit"),
                        ],
                        max_length=16,
                    ),
                ),
                ("title_zh", models.CharField(max_length=80)),
                ("title_en", models.CharField(blank=True, max_length=80)),
                ("valid_from", models.DateField(blank=True, null=True)),
                ("valid_to", models.DateField(blank=True, null=True)),
                (
                    "post_version",
                    models.PositiveIntegerField(default=0, help_text="the version of the post that was changed"),
                ),
                ("asked_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("approved", models.BooleanField(default=False)),
                ("reason", models.CharField(blank=True, help_text="why it was refused", max_length=200)),
                (
                    "asked_by",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="units.post"),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="post_requests",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        blank=True,
                        help_text="the post to change; none where it is new",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="requests",
                        to="units.post",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="post_requests", to="units.unit"
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
    )
