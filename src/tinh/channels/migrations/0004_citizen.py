"""Notices to whoever sent or follows a report: the outbox does not say who that is. Of those written before
it is not known to whom they went, so all that speak of cases are covered."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("channels", "0003_messages")]

    operations: ClassVar = [
        migrations.AddField("outgoing", "citizen", models.BooleanField(default=False)),
        migrations.RunSQL(
            "update channels_outgoing set citizen = true where about like 'case:%'",
            migrations.RunSQL.noop,
        ),
    ]
