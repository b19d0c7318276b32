"""A submitted intake is never changed."""

from __future__ import annotations

from django.db import migrations

FORWARD = """
CREATE FUNCTION intake_only_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A submitted intake is never changed.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON intake_intakesubmission
    FOR EACH ROW EXECUTE FUNCTION intake_only_added();
"""
REVERSE = """
DROP TRIGGER only_added ON intake_intakesubmission;
DROP FUNCTION intake_only_added();
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, REVERSE)]
