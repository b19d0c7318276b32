"""What was said to a flag is only ever added, and never to a signed note."""

from __future__ import annotations

from django.db import migrations

FORWARD = """
CREATE FUNCTION flagged_answer_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE signed boolean;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'What was said to a flag is never changed.' USING ERRCODE = 'restrict_violation';
    END IF;
    -- The row is locked, so that nobody signs between this look and our commit.
    SELECT s.signed_at IS NOT NULL INTO signed FROM treatments_treatmentsession s WHERE s.id = NEW.session_id FOR SHARE;
    IF signed THEN
        RAISE EXCEPTION 'A signed note takes no answer to a flag.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER answer_guard BEFORE INSERT OR UPDATE OR DELETE ON flagged_acknowledgement
    FOR EACH ROW EXECUTE FUNCTION flagged_answer_guard();
"""
REVERSE = """
DROP TRIGGER answer_guard ON flagged_acknowledgement;
DROP FUNCTION flagged_answer_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("flagged", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, REVERSE)]
