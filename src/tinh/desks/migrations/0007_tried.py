"""When a case was last being sent to a partner without an answer that says what became of it."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("desks", "0006_untold")]

    operations: ClassVar = [
        migrations.AddField("handed", "tried_at", models.DateTimeField(null=True)),
    ]
