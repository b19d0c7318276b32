"""A version of a private note is only ever added."""

from __future__ import annotations

from django.db import migrations

FORWARD = """
CREATE FUNCTION private_notes_only_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A version of a private note is never changed.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON private_notes_privatenote
    FOR EACH ROW EXECUTE FUNCTION private_notes_only_added();
"""
REVERSE = """
DROP TRIGGER only_added ON private_notes_privatenote;
DROP FUNCTION private_notes_only_added();
"""


class Migration(migrations.Migration):
    dependencies = [("private_notes", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, REVERSE)]
