"""Documents of cases: answers in writing, and what cooperating agencies send along."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("desks", "0007_tried")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Paper",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=32, unique=True)),
                ("case", models.CharField(db_index=True, max_length=40)),
                ("stage", models.CharField(default="answer", max_length=10)),
                ("note", models.BigIntegerField(null=True)),
                ("title", models.CharField(max_length=200)),
                ("media", models.CharField(max_length=100)),
                ("size", models.BigIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("shown", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
                ("author", models.CharField(blank=True, max_length=200)),
                ("agency", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "db_table": "desks_paper",
                "constraints": [
                    models.UniqueConstraint(fields=("case", "stage", "digest", "note"), name="one_paper_once")
                ],
            },
        ),
    ]
