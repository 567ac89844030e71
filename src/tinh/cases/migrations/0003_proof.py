"""How far the proving of histories is, its anchors (only ever added to), and what it found."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

CHAIN = """
create trigger append_only before update or delete or truncate on cases_anchor
    for each statement execute function cases_append_only();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("cases", "0002_words_and_chain"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Anchor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("first", models.BigIntegerField()),
                ("last", models.BigIntegerField(unique=True)),
                ("events", models.BigIntegerField()),
                ("digest", models.CharField(max_length=64)),
            ],
            options={
                "db_table": "cases_anchor",
            },
        ),
        migrations.CreateModel(
            name="Walk",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("after", models.BigIntegerField(default=0)),
                ("anchor", models.BigIntegerField(default=0)),
                ("began_at", models.DateTimeField(null=True)),
                ("cases", models.BigIntegerField(default=0)),
                ("events", models.BigIntegerField(default=0)),
                ("whole_at", models.DateTimeField(null=True)),
                ("whole_cases", models.BigIntegerField(default=0)),
                ("whole_events", models.BigIntegerField(default=0)),
                ("mark", models.BigIntegerField(null=True)),
                ("mark_xid", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "cases_walk",
            },
        ),
        migrations.CreateModel(
            name="Broken",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("problem", models.CharField(max_length=12)),
                ("number", models.IntegerField(default=0)),
                ("found_at", models.DateTimeField()),
                ("mended_at", models.DateTimeField(null=True)),
                (
                    "anchor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.anchor",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "db_table": "cases_broken",
            },
        ),
        migrations.RunSQL(CHAIN, "drop trigger append_only on cases_anchor"),
    ]
