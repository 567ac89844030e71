"""An answer that waits to be published has a limit of its own; published, a case owes nothing."""

from typing import Any, ClassVar

from django.db import migrations, models

_BATCH = 500


def owe_publishing(apps: Any, schema_editor: Any) -> None:
    """Cases answered before: what they owe now, by the working hours of Viet Nam."""
    from tinh.cases import clock
    from tinh.cases.ground import ground
    from tinh.cases.turn import limits_of, times_of, wind

    Case, Step = apps.get_model("cases", "Case"), apps.get_model("cases", "Step")
    using, working = schema_editor.connection.alias, ground().clock()
    answered = Case.objects.using(using).filter(
        closed_at__isnull=True, answered_at__isnull=False, due_at__isnull=False
    )
    after = 0
    while True:
        rows = list(answered.filter(pk__gt=after).order_by("pk")[:_BATCH])
        if not rows:
            return
        after = rows[-1].pk
        for case in rows:
            times = clock.answered(times_of(case), working, limits_of(case), case.answered_at)
            if case.state == "published":
                times = clock.published(times)
            elif case.state != "answered":
                times = clock.unanswered(times)
            wind(case, times)
            case.save(using=using)
            mark = Step.objects.using(using).filter(case=case, step="~clock")
            if case.due_at is None:
                mark.delete()
            else:
                mark.update(name="soon", due_at=case.soon_at)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cases", "0004_sent")]

    operations: ClassVar = [
        migrations.AddField("case", "publish_by", models.DateTimeField(null=True)),
        migrations.RunPython(owe_publishing, migrations.RunPython.noop),
    ]
