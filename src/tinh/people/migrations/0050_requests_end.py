"""The steps of a request may go five years after it was closed, and not before."""

from typing import ClassVar

from django.db import migrations

FORWARD = """
CREATE FUNCTION tinh_subject_steps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND OLD.at < now() - interval '5 years' AND EXISTS (
    SELECT 1 FROM people_subjectrequest r WHERE r.id = OLD.request_id AND r.state IN ('done', 'refused')
  ) THEN RETURN OLD; END IF;
  RAISE EXCEPTION 'lines of % are only added', TG_TABLE_NAME;
END $$;
DROP TRIGGER tinh_only_added ON people_subjectevent;
CREATE TRIGGER tinh_only_added BEFORE UPDATE OR DELETE ON people_subjectevent
  FOR EACH ROW EXECUTE FUNCTION tinh_subject_steps();
"""
BACK = """
DROP TRIGGER tinh_only_added ON people_subjectevent;
CREATE TRIGGER tinh_only_added BEFORE UPDATE OR DELETE ON people_subjectevent
  FOR EACH ROW EXECUTE FUNCTION tinh_append_only();
DROP FUNCTION tinh_subject_steps();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("people", "0041_append_only")]

    operations: ClassVar = [migrations.RunSQL(FORWARD, BACK)]
