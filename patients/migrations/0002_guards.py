"""The consent ledger is only ever added to."""

from __future__ import annotations

from django.db import migrations

FORWARD = """
CREATE FUNCTION patients_only_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The consent ledger is only ever added to.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON patients_consent
    FOR EACH ROW EXECUTE FUNCTION patients_only_added();
"""
REVERSE = """
DROP TRIGGER only_added ON patients_consent;
DROP FUNCTION patients_only_added();
"""


class Migration(migrations.Migration):
    dependencies = [("patients", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, REVERSE)]
