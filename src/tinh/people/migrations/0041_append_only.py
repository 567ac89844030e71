"""The access log, its anchors, consents and the steps of requests can be added to and not rewritten.

A line of the log may be changed once, to be linked; it may be deleted only where an anchor says so. The
privileges say the same to an owner that is no superuser.
"""

from typing import ClassVar

from django.db import migrations

FORWARD = """
CREATE FUNCTION tinh_access_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.number IS NULL AND NEW.digest = '' AND NEW.before = '' THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'a line of the access log is written unlinked';
  ELSIF TG_OP = 'UPDATE' THEN
    IF OLD.number IS NULL AND NEW.number IS NOT NULL AND NEW.digest <> ''
       AND (to_jsonb(NEW) - 'number' - 'before' - 'digest') = (to_jsonb(OLD) - 'number' - 'before' - 'digest')
    THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'the access log cannot be changed (line %)', OLD.id;
  ELSIF TG_OP = 'DELETE' THEN
    IF OLD.number IS NOT NULL AND EXISTS (SELECT 1 FROM people_anchor WHERE number >= OLD.number)
    THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'the access log is pruned by retention only (line %)', OLD.id;
  END IF;
  RAISE EXCEPTION 'the access log cannot be emptied';
END $$;
CREATE TRIGGER tinh_access_rows BEFORE INSERT OR UPDATE OR DELETE ON people_access
  FOR EACH ROW EXECUTE FUNCTION tinh_access_guard();
CREATE TRIGGER tinh_access_whole BEFORE TRUNCATE ON people_access
  FOR EACH STATEMENT EXECUTE FUNCTION tinh_access_guard();
CREATE FUNCTION tinh_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'lines of % are only added', TG_TABLE_NAME;
END $$;
"""
BACK = """
DROP TRIGGER tinh_access_rows ON people_access;
DROP TRIGGER tinh_access_whole ON people_access;
DROP FUNCTION tinh_access_guard();
"""
TABLES = ("people_anchor", "people_consent", "people_subjectevent")
PRIVILEGES = """
REVOKE UPDATE, TRUNCATE ON people_access FROM CURRENT_USER;
GRANT UPDATE (number, before, digest) ON people_access TO CURRENT_USER;
REVOKE UPDATE, DELETE, TRUNCATE ON people_anchor, people_consent, people_subjectevent FROM CURRENT_USER;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("people", "0040_personal")]

    operations: ClassVar = [
        migrations.RunSQL(FORWARD, BACK),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER tinh_only_added BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION tinh_append_only(); "
                f"CREATE TRIGGER tinh_only_added_whole BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION tinh_append_only()",
                f"DROP TRIGGER tinh_only_added ON {table}; DROP TRIGGER tinh_only_added_whole ON {table}",
            )
            for table in TABLES
        ),
        migrations.RunSQL(PRIVILEGES, "GRANT ALL ON people_access, people_anchor, people_consent, "
                          "people_subjectevent TO CURRENT_USER"),
    ]  # fmt: skip
