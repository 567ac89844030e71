"""The same document without a note is kept once too: PostgreSQL takes two nulls for different otherwise."""

from typing import ClassVar

from django.db import migrations, models

# Of doubles the first stays, shown if any of them was; the bytes of the others go by night (papers.forget).
_ONE = """
update desks_paper as kept set shown = true
where not shown and exists (
    select 1 from desks_paper as other
    where other.shown and other.id > kept.id and other."case" = kept."case" and other.stage = kept.stage
        and other.digest = kept.digest and other.note is not distinct from kept.note
);
delete from desks_paper as double using desks_paper as kept
where kept.id < double.id and double."case" = kept."case" and double.stage = kept.stage
    and double.digest = kept.digest and double.note is not distinct from kept.note
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("desks", "0008_papers")]

    operations: ClassVar = [
        migrations.RunSQL(_ONE, migrations.RunSQL.noop),
        migrations.RemoveConstraint("paper", "one_paper_once"),
        migrations.AddConstraint(
            "paper",
            models.UniqueConstraint(
                fields=("case", "stage", "digest", "note"), name="one_paper_once", nulls_distinct=False
            ),
        ),
    ]
