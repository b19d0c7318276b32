"""A clinic always has an owner who may sign in."""

from __future__ import annotations

from django.db import migrations

FORWARD = """
CREATE FUNCTION staff_owner_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- One at a time: two owners who switch each other off in one moment would each still see the other.
    PERFORM pg_advisory_xact_lock(hashtext('staff_owner_stays'));
    IF NOT EXISTS (SELECT 1 FROM staff_user WHERE is_active AND 'owner' = ANY (roles)) THEN
        RAISE EXCEPTION 'A clinic keeps at least one owner.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER owner_stays_when_changed AFTER UPDATE OF is_active, roles ON staff_user
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.is_active AND 'owner' = ANY (OLD.roles) AND NOT (NEW.is_active AND 'owner' = ANY (NEW.roles)))
    EXECUTE FUNCTION staff_owner_stays();
CREATE CONSTRAINT TRIGGER owner_stays_when_deleted AFTER DELETE ON staff_user
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.is_active AND 'owner' = ANY (OLD.roles))
    EXECUTE FUNCTION staff_owner_stays();
"""
REVERSE = """
DROP TRIGGER owner_stays_when_deleted ON staff_user;
DROP TRIGGER owner_stays_when_changed ON staff_user;
DROP FUNCTION staff_owner_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("staff", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, REVERSE)]
