"""An answer to a call is only ever added."""

from __future__ import annotations

from django.db import migrations

FORWARD = """
CREATE FUNCTION calls_only_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What became of a call is never changed; it is taken back.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON calls_callanswer
    FOR EACH ROW EXECUTE FUNCTION calls_only_added();
"""
REVERSE = """
DROP TRIGGER only_added ON calls_callanswer;
DROP FUNCTION calls_only_added();
"""


class Migration(migrations.Migration):
    dependencies = [("calls", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, REVERSE)]
