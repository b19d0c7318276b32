"""A submitted intake is never changed, and neither is a correction beside it."""

from __future__ import annotations

from django.db import migrations

FORWARD = """
CREATE FUNCTION intake_only_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A submitted intake is never changed.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON intake_intakesubmission
    FOR EACH ROW EXECUTE FUNCTION intake_only_added();
CREATE FUNCTION intake_corrections_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A correction is never changed; add another one.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER corrections_stay BEFORE UPDATE OR DELETE ON intake_correction
    FOR EACH ROW EXECUTE FUNCTION intake_corrections_stay();
"""
REVERSE = """
DROP TRIGGER corrections_stay ON intake_correction;
DROP FUNCTION intake_corrections_stay();
DROP TRIGGER only_added ON intake_intakesubmission;
DROP FUNCTION intake_only_added();
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, REVERSE)]
