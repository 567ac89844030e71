"""Reports stored before rows kept their texts covered: what was sent goes apart, its words with it."""

from typing import Any, ClassVar

from django.db import migrations

_BATCH = 500


def cover_stored(apps: Any, schema_editor: Any) -> None:
    from tinh.cases.api import words_line
    from tinh.desks.reports.rows import cover

    Case, Sent = apps.get_model("cases", "Case"), apps.get_model("cases", "Sent")
    Party = apps.get_model("cases", "Party")
    using = schema_editor.connection.alias
    after = 0
    while True:
        found = Case.objects.using(using).filter(kind="report", pk__gt=after).order_by("pk")[:_BATCH]
        rows = list(found)
        if not rows:
            return
        after = rows[-1].pk
        hidden = Party.objects.using(using).filter(case__in=rows, shown=False, role="reporter")
        names = {one.case_id: one.name for one in hidden if one.name}
        apart, marks = [], []
        for row in rows:
            raw = (row.subject, row.body, row.address)
            known = (names[row.pk],) if row.pk in names else ()
            texts = cover(raw, known)
            if texts == raw or row.subject == row.code:  # nothing to cover, or erased
                continue
            apart.append(Sent(case_id=row.pk, subject=raw[0], body=raw[1], address=raw[2]))
            sent = words_line(row, raw)
            row.subject, row.body, row.address = texts
            marks.append((row, words_line(row), sent))
        Sent.objects.using(using).bulk_create(apart, ignore_conflicts=True)
        Case.objects.using(using).bulk_update(
            [row for row, _, _ in marks], ["subject", "body", "address"], batch_size=_BATCH
        )
        with schema_editor.connection.cursor() as cursor:
            for row, line, sent in marks:
                cursor.execute(
                    "update cases_words set words = %s::tsvector, sent = %s::tsvector where case_id = %s",
                    [line, sent, row.pk],
                )


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cases", "0005_publish_by"), ("desks", "0003_partners")]

    operations: ClassVar = [migrations.RunPython(cover_stored, migrations.RunPython.noop)]
