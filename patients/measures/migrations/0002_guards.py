"""A value lies on the scale of its version; scales never change; a value only ends."""

from __future__ import annotations

from django.db import migrations

FORWARD = """
CREATE FUNCTION measures_on_its_scale() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    scale measures_measureversion;
BEGIN
    SELECT * INTO scale FROM measures_measureversion WHERE id = NEW.version_id;
    IF scale.measure_id IS DISTINCT FROM NEW.measure_id THEN
        RAISE EXCEPTION 'The version belongs to another measure.' USING ERRCODE = 'check_violation';
    END IF;
    -- NaN is above every number here, so it is outside of each scale.
    IF NOT (NEW.value BETWEEN scale.lowest AND scale.highest) THEN
        RAISE EXCEPTION 'The value lies outside the scale of its version.' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.value <> round(NEW.value, scale.decimals::int) THEN
        RAISE EXCEPTION 'The value has more decimals than its version.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER on_its_scale BEFORE INSERT ON measures_measurevalue
    FOR EACH ROW EXECUTE FUNCTION measures_on_its_scale();

CREATE FUNCTION measures_value_only_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state = 'completed' AND NEW.state <> 'completed'
        AND to_jsonb(NEW) - '{state,ended_at,ended_by_id,ended_why}'::text[]
          = to_jsonb(OLD) - '{state,ended_at,ended_by_id,ended_why}'::text[] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'A measured value is never changed; it ends with a reason.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER only_ends BEFORE UPDATE OR DELETE ON measures_measurevalue
    FOR EACH ROW EXECUTE FUNCTION measures_value_only_ends();

CREATE FUNCTION measures_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The scale of a measure is never changed; make a new version.'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON measures_measureversion
    FOR EACH ROW EXECUTE FUNCTION measures_version_stays();
"""
REVERSE = """
DROP TRIGGER stays ON measures_measureversion;
DROP FUNCTION measures_version_stays();
DROP TRIGGER only_ends ON measures_measurevalue;
DROP FUNCTION measures_value_only_ends();
DROP TRIGGER on_its_scale ON measures_measurevalue;
DROP FUNCTION measures_on_its_scale();
"""


class Migration(migrations.Migration):
    dependencies = [("measures", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, REVERSE)]
