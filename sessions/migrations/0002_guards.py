"""A signed note is locked with its needles; addenda follow only signed notes and are never changed."""

from __future__ import annotations

from django.db import migrations

FORWARD = """
CREATE FUNCTION treatments_note_is_locked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.signed_at IS NOT NULL THEN
        RAISE EXCEPTION 'A signed note cannot be changed; add an addendum.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    IF NEW.patient_id <> OLD.patient_id THEN
        RAISE EXCEPTION 'A note cannot be moved to another patient.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER note_is_locked BEFORE UPDATE OR DELETE ON treatments_treatmentsession
    FOR EACH ROW EXECUTE FUNCTION treatments_note_is_locked();

CREATE FUNCTION treatments_needles_are_locked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE note bigint; signed boolean;
BEGIN
    FOREACH note IN ARRAY (CASE TG_OP
        WHEN 'INSERT' THEN ARRAY[NEW.session_id]
        WHEN 'DELETE' THEN ARRAY[OLD.session_id]
        ELSE ARRAY[OLD.session_id, NEW.session_id] END)
    LOOP
        -- The row is locked, so that nobody signs between this look and our commit.
        SELECT s.signed_at IS NOT NULL INTO signed FROM treatments_treatmentsession s WHERE s.id = note FOR SHARE;
        IF signed THEN
            RAISE EXCEPTION 'The needles and other parts of a signed note cannot be changed.' USING ERRCODE = 'restrict_violation';
        END IF;
    END LOOP;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER needles_are_locked BEFORE INSERT OR UPDATE OR DELETE ON treatments_needleplacement
    FOR EACH ROW EXECUTE FUNCTION treatments_needles_are_locked();

CREATE TRIGGER components_are_locked BEFORE INSERT OR UPDATE OR DELETE ON treatments_treatmentcomponent
    FOR EACH ROW EXECUTE FUNCTION treatments_needles_are_locked();

CREATE FUNCTION treatments_addendum_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE signed boolean;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'An addendum is never changed.' USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT s.signed_at IS NOT NULL INTO signed FROM treatments_treatmentsession s WHERE s.id = NEW.session_id;
    IF NOT coalesce(signed, false) THEN
        RAISE EXCEPTION 'Only a signed note takes an addendum.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER addendum_guard BEFORE INSERT OR UPDATE OR DELETE ON treatments_addendum
    FOR EACH ROW EXECUTE FUNCTION treatments_addendum_guard();
"""
REVERSE = """
DROP TRIGGER addendum_guard ON treatments_addendum;
DROP FUNCTION treatments_addendum_guard();
DROP TRIGGER components_are_locked ON treatments_treatmentcomponent;
DROP TRIGGER needles_are_locked ON treatments_needleplacement;
DROP FUNCTION treatments_needles_are_locked();
DROP TRIGGER note_is_locked ON treatments_treatmentsession;
DROP FUNCTION treatments_note_is_locked();
"""


class Migration(migrations.Migration):
    dependencies = [("treatments", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, REVERSE)]
