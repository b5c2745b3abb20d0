from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("units", "0002_types_drafts_practice"),
    ]

    operations = [
        migrations.CreateModel(
            name="SentForm",
            fields=[
                ("token", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("sent_at", models.DateTimeField(db_index=True)),
            ],
        ),
    ]
