"""Words are found by an index; the history is only ever added to."""

from typing import ClassVar

from django.db import migrations

WORDS = """
alter table cases_words alter column words type tsvector using words::tsvector;
create index cases_by_words on cases_words using gin (words);
"""
UNWORDS = """
drop index cases_by_words;
alter table cases_words alter column words type text;
"""
CHAIN = """
create function cases_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'the history of cases is only ever added to (% of %)', tg_op, tg_table_name
        using errcode = 'insufficient_privilege';
end $$;
create trigger append_only before update or delete or truncate on cases_event
    for each statement execute function cases_append_only();
"""
UNCHAIN = "drop trigger append_only on cases_event; drop function cases_append_only();"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cases", "0001_initial")]

    operations: ClassVar = [migrations.RunSQL(WORDS, UNWORDS), migrations.RunSQL(CHAIN, UNCHAIN)]
