"""A recorded event of a signed note is locked; follow-ups are only added."""

from __future__ import annotations

from django.db import migrations

FORWARD = """
CREATE FUNCTION events_event_is_locked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE signed boolean;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'An event is never deleted.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.session_id <> OLD.session_id OR NEW.opened_at <> OLD.opened_at OR NEW.opened_by_id <> OLD.opened_by_id
        OR NEW.source <> OLD.source OR NEW.dedup_key <> OLD.dedup_key THEN
        RAISE EXCEPTION 'Whose event it is, and when it was opened, never changes.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.recorded_at IS NOT NULL THEN
        IF NEW.recorded_at IS NULL THEN
            RAISE EXCEPTION 'A recorded event stays recorded.' USING ERRCODE = 'restrict_violation';
        END IF;
        -- The row is locked, so that nobody signs between this look and our commit.
        SELECT s.signed_at IS NOT NULL INTO signed FROM treatments_treatmentsession s
            WHERE s.id = OLD.session_id FOR SHARE;
        IF signed THEN
            RAISE EXCEPTION 'The event of a signed note cannot be changed; add a follow-up.'
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER event_is_locked BEFORE UPDATE OR DELETE ON events_adverseevent
    FOR EACH ROW EXECUTE FUNCTION events_event_is_locked();

CREATE FUNCTION events_follow_up_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE recorded boolean;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'A follow-up is never changed.' USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT e.recorded_at IS NOT NULL INTO recorded FROM events_adverseevent e WHERE e.id = NEW.event_id;
    IF NOT coalesce(recorded, false) THEN
        RAISE EXCEPTION 'Only a recorded event takes a follow-up.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER follow_up_guard BEFORE INSERT OR UPDATE OR DELETE ON events_eventfollowup
    FOR EACH ROW EXECUTE FUNCTION events_follow_up_guard();
"""
REVERSE = """
DROP TRIGGER follow_up_guard ON events_eventfollowup;
DROP FUNCTION events_follow_up_guard();
DROP TRIGGER event_is_locked ON events_adverseevent;
DROP FUNCTION events_event_is_locked();
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, REVERSE)]
