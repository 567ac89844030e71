from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[list[Any]] = [
        ("axis", "0002_append_only"),
    ]

    operations: ClassVar[list[Any]] = [
        migrations.CreateModel(
            name="Tripped",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("share", models.CharField(max_length=130, unique=True)),
                ("until", models.DateTimeField()),
                ("since", models.DateTimeField()),
                ("reason", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "db_table": "axis_tripped",
            },
        ),
        migrations.CreateModel(
            name="Demand",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("share", models.CharField(max_length=130)),
                ("owner", models.CharField(db_index=True, max_length=64)),
                ("agency", models.CharField(db_index=True, max_length=64)),
                ("state", models.CharField(default="open", max_length=8)),
                ("asked_by", models.CharField(max_length=200)),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("purpose", models.CharField(max_length=300)),
                ("basis", models.CharField(max_length=300)),
                ("answered_by", models.CharField(blank=True, max_length=200)),
                ("answered_at", models.DateTimeField(null=True)),
                ("answer", models.CharField(blank=True, max_length=300)),
                ("right", models.BigIntegerField(default=0)),
            ],
            options={
                "db_table": "axis_demand",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("share", "agency"),
                        name="one_open_demand",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Spent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("service", models.CharField(max_length=255)),
                ("client", models.TextField()),
                ("unit", models.CharField(max_length=8)),
                ("began", models.DateTimeField()),
                ("count", models.BigIntegerField()),
            ],
            options={
                "db_table": "axis_spent",
                "constraints": [
                    models.UniqueConstraint(fields=("service", "client", "unit"), name="one_count_per_quota")
                ],
            },
        ),
    ]
