"""Words are found with the category, the place and the month of their case by the same index.

Every row of `cases_words` is written anew: some three minutes for a million cases, with the table locked.
"""

from typing import Any, ClassVar

from django.db import migrations


def remark(_apps: Any, schema_editor: Any) -> None:
    from tinh.cases.words import remark

    with schema_editor.connection.cursor() as cursor:
        remark(cursor)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cases", "0006_lists_of_a_million")]

    operations: ClassVar = [migrations.RunPython(remark, migrations.RunPython.noop)]
