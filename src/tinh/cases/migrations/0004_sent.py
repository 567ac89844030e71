"""What was sent lies apart from the row of its case, which keeps it covered; so do the words to find it."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

COLUMN = """
alter table cases_words add column sent tsvector;
create index cases_by_sent_words on cases_words using gin (sent) where sent is not null;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cases", "0003_proof")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Sent",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="sent",
                        serialize=False,
                        to="cases.case",
                    ),
                ),
                ("subject", models.CharField(max_length=200)),
                ("body", models.TextField(blank=True)),
                ("address", models.CharField(blank=True, max_length=300)),
            ],
            options={"db_table": "cases_sent"},
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.AddField("words", "sent", models.TextField(null=True))],
            database_operations=[
                migrations.RunSQL(COLUMN, "alter table cases_words drop column sent"),
            ],
        ),
    ]
