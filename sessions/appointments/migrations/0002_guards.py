"""A visit's hold on practitioner and room follows its state, whoever changes it; its events are only ever added."""

from __future__ import annotations

from django.db import migrations

FORWARD = """
CREATE FUNCTION appointments_keep_hold() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE holds boolean := NEW.state IN ('booked', 'confirmed', 'arrived', 'in-treatment');
BEGIN
    UPDATE appointments_handson SET held = holds WHERE appointment_id = NEW.id AND held <> holds;
    UPDATE appointments_roomuse SET held = holds WHERE appointment_id = NEW.id AND held <> holds;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_hold AFTER UPDATE OF state ON appointments_appointment
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION appointments_keep_hold();

CREATE FUNCTION appointments_only_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The history of a visit is only ever added to.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON appointments_appointmentevent
    FOR EACH ROW EXECUTE FUNCTION appointments_only_added();
"""
REVERSE = """
DROP TRIGGER only_added ON appointments_appointmentevent;
DROP FUNCTION appointments_only_added();
DROP TRIGGER keep_hold ON appointments_appointment;
DROP FUNCTION appointments_keep_hold();
"""


class Migration(migrations.Migration):
    dependencies = [("appointments", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, REVERSE)]
