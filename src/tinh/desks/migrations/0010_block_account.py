"""Who set a block, by account: names change, and two people may have the same."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("desks", "0009_paper_once")]

    operations: ClassVar = [
        migrations.AddField("block", "account", models.BigIntegerField(null=True)),
    ]
