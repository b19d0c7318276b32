"""Any part of a name, a phone number or a code finds a patient at once, however many there are.

Without an extension (the embedded server has none): an index over every piece of one, two and three letters.
"""

from __future__ import annotations

from django.db import migrations

FORWARD = r"""
-- What can be looked for: pieces of the folded name and code, and "#" with three digits of the phone.
CREATE FUNCTION patients_pieces(folded text, phone text)
RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array(
        SELECT substr(folded, at, letters)
        FROM generate_series(1, 3) letters, generate_series(1, char_length(folded) - letters + 1) at
        UNION
        SELECT '#' || substr(digits, at, 3)
        FROM regexp_replace(phone, '\D', '', 'g') digits, generate_series(1, char_length(digits) - 2) at
    )
$$;

-- The pieces that a word must have: itself when it is short, else every three letters of it, each after a mark.
CREATE FUNCTION patients_pieces_of(word text, mark text)
RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN char_length(word) < 3 THEN ARRAY[mark || word] ELSE array(
        SELECT DISTINCT mark || substr(word, at, 3) FROM generate_series(1, char_length(word) - 2) at
    ) END
$$;

CREATE INDEX patient_pieces ON patients_patient USING gin (patients_pieces(folded_name, phone));
"""
REVERSE = """
DROP INDEX patient_pieces;
DROP FUNCTION patients_pieces_of(text, text);
DROP FUNCTION patients_pieces(text, text);
"""


class Migration(migrations.Migration):
    dependencies = [("patients", "0002_guards")]
    operations = [migrations.RunSQL(FORWARD, REVERSE)]
