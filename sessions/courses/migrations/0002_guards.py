"""What was decided at a checkpoint stays as it was decided."""

from __future__ import annotations

from django.db import migrations

FORWARD = """
CREATE FUNCTION courses_checkpoint_only_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A decision at a checkpoint is never changed.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER checkpoint_only_added BEFORE UPDATE OR DELETE ON courses_checkpoint
    FOR EACH ROW EXECUTE FUNCTION courses_checkpoint_only_added();
"""
REVERSE = """
DROP TRIGGER checkpoint_only_added ON courses_checkpoint;
DROP FUNCTION courses_checkpoint_only_added();
"""


class Migration(migrations.Migration):
    dependencies = [("courses", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, REVERSE)]
