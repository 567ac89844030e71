"""What citizens answered and added goes apart as sent; the rows agencies read keep it covered."""

from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models

_BATCH = 500


def cover_stored(apps: Any, schema_editor: Any) -> None:
    from tinh.desks.reports.apart import covered_added, covered_answers

    Report, Untold = apps.get_model("desks", "Report"), apps.get_model("desks", "Untold")
    Party = apps.get_model("cases", "Party")
    using = schema_editor.connection.alias
    after = 0
    while True:
        found = Report.objects.using(using).filter(pk__gt=after).exclude(answers={}, added=[]).order_by("pk")
        rows = list(found.only("case_id", "answers", "added")[:_BATCH])
        if not rows:
            return
        after = rows[-1].pk
        hidden = Party.objects.using(using).filter(
            case_id__in=[row.pk for row in rows], shown=False, role="reporter"
        )
        names = {one.case_id: (one.name,) for one in hidden if one.name}
        apart, changed = [], []
        for row in rows:
            known = names.get(row.pk, ())
            answers, added = covered_answers(row.answers, known), covered_added(row.added, known)
            if (answers, added) == (row.answers, row.added):
                continue
            pairs = enumerate(zip(row.added, added, strict=True))
            own = [{**raw, "n": n} for n, (raw, said) in pairs if raw != said]
            raw_answers = row.answers if answers != row.answers else {}
            apart.append(Untold(case_id=row.pk, answers=raw_answers, added=own))
            row.answers, row.added = answers, added
            changed.append(row)
        Untold.objects.using(using).bulk_create(apart, ignore_conflicts=True)
        Report.objects.using(using).bulk_update(changed, ["answers", "added"], batch_size=_BATCH)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cases", "0005_publish_by"), ("desks", "0005_directives")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Untold",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="untold",
                        serialize=False,
                        to="cases.case",
                    ),
                ),
                ("answers", models.JSONField(default=dict)),
                ("added", models.JSONField(default=list)),
            ],
            options={"db_table": "desks_untold"},
        ),
        migrations.RunPython(cover_stored, migrations.RunPython.noop),
    ]
