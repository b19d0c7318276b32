"""What each database role may do, as data. Applied by the owner after every migration.

``deqi_web`` may insert, read and change, but deletes only what is named here. ``deqi_worker`` sends mail: it sees
ids, times, states and what a mail must say, and no content of notes and answers.
"""

from __future__ import annotations

from django.db import connection

WEB = "deqi_web"
WORKER = "deqi_worker"

#: Not clinical and replaceable: sign-in sessions, second factors, caches, opening hours.
WEB_MAY_DELETE = (
    "django_session",
    "deqi_cache",
    "account_emailaddress",
    "account_emailconfirmation",
    "mfa_authenticator",
    "staff_weeklyhours",
    "attention_absence",
    "appointments_handson",  # laid out anew when a visit is moved
    "treatments_needleplacement",  # of a draft; a trigger refuses it once the note is signed
)

#: Rows that are only ever added.
APPEND_ONLY = (
    "audit_auditevent",
    "patients_consent",
    "practice_consenttext",  # what was signed stays as it was signed
    "patients_painmark",
    "patients_photo",
    "intake_intakesubmission",
    "intake_secondversion",
    "intake_score",
    "intake_correction",
    "measures_measureversion",
    "appointments_appointmentevent",
    "treatments_addendum",
    "courses_checkpoint",
    "flagged_acknowledgement",
    "private_notes_privatenote",
    "calls_callanswer",
)

#: table -> columns the worker may read ("*" is all) and columns it may change.
WORKER_MAY: dict[str, tuple[str, str]] = {
    "practice_practice": ("*", "mail_tested_at"),
    "practice_location": ("*", ""),
    "practice_room": ("*", ""),
    "practice_service": ("*", ""),
    "staff_user": ("id, public_id, email, name, roles, is_active, created_at, last_login, password_stamp", ""),
    "staff_practitioner": ("*", ""),
    "staff_stafflink": ("*", ""),
    "staff_weeklyhours": ("*", ""),
    # Whom a task waits for; its dedup_key names the answer and is not for the worker.
    "attention_task": (
        (
            "id, kind, urgency, patient_id, subject_id, created_at, acknowledged_at, assigned_to_id, assigned_at, "
            "escalated_to_id, escalated_at"
        ),
        "assigned_to_id, assigned_at, escalated_to_id, escalated_at",
    ),
    "attention_duty": ("*", ""),
    "attention_absence": ("*", ""),
    "outbox_outgoingmessage": (
        "*",
        (
            "state, reason, attempt, deferrals, repeats, claimed_until, first_tried_at, sent_at, not_before, "
            "subject_line, body_sent"
        ),
    ),
    "outbox_outboxswitch": ("*", "paused_at, paused_why"),
    "outbox_heartbeat": ("*", "alive_at, tick_at"),
    "patients_patient": (
        "id, public_id, given_name, family_name, address_as, email, phone, language, desk_facts, deceased_on",
        "",
    ),
    "appointments_appointment": (
        (
            "id, public_id, patient_id, practitioner_id, service_id, room_id, course_id, state, starts_at, ends_at, "
            "sequence, booked_at, completed_at"
        ),
        "",
    ),
    "courses_course": (
        (
            "id, public_id, patient_id, practitioner_id, planned_sessions, checkpoint_session, sessions_done, state, "
            "check_in_after_days, ended_at"
        ),
        "",
    ),
    # When a checkpoint was decided, to know when the next one is due; not a word of the decision.
    "courses_checkpoint": ("id, course_id, at", ""),
    "intake_questionnairerequest": ("*", "sent_at, state, token_hash"),
    # Ids and times of sessions, to ask how it went and who still signs; not a word of what stands in them.
    "treatments_treatmentsession": (
        "id, patient_id, practitioner_id, course_id, appointment_id, started_at, signed_at, after_care",
        "",
    ),
    "treatments_addendum": ("id, session_id, kind", ""),
    # That something happened, to ask how it is; not what.
    "events_adverseevent": ("id, session_id, of_patient, opened_at", ""),
    "contact_patientlink": ("*", "version, token_hash, sent_to, made_at, birth_date_tries"),
    "contact_contactpreference": ("id, patient_id, stopped", ""),
    "patients_consent": ("id, patient_id, kind, state, given_at", ""),
    "django_migrations": ("*", ""),
}
WORKER_MAY_INSERT = (
    "outbox_outgoingmessage",
    "outbox_heartbeat",
    "audit_auditevent",
    "attention_task",
    "intake_questionnairerequest",
    "contact_patientlink",
)


def apply() -> None:
    """Give the two roles exactly what stands above, on the current connection. Raises LookupError without roles."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [[WEB, WORKER]])
        if len(cursor.fetchall()) != 2:
            raise LookupError(
                f"The database has no roles {WEB} and {WORKER}. Create them once as its administrator: "
                f"CREATE ROLE {WEB}; CREATE ROLE {WORKER};"
            )
        tables = set(connection.introspection.table_names(cursor))
        for statement in statements(tables):
            cursor.execute(statement)


def statements(tables: set[str]) -> list[str]:
    """Return the GRANT and REVOKE statements for the tables that exist."""
    out = []
    for role in (WEB, WORKER):
        out.append(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}")
        out.append(f"GRANT USAGE ON SCHEMA public TO {role}")
        out.append(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")
    for table in sorted(tables):
        out.append(f'GRANT SELECT, INSERT ON "{table}" TO {WEB}')
        if table not in APPEND_ONLY:
            out.append(f'GRANT UPDATE ON "{table}" TO {WEB}')
        if table in WEB_MAY_DELETE:
            out.append(f'GRANT DELETE ON "{table}" TO {WEB}')
    out.append(f"REVOKE INSERT, UPDATE ON django_migrations FROM {WEB}")
    for table, (readable, writable) in sorted(WORKER_MAY.items()):
        if table in tables:
            columns = "" if readable == "*" else f" ({readable})"
            out.append(f'GRANT SELECT{columns} ON "{table}" TO {WORKER}')
            if writable:
                out.append(f'GRANT UPDATE ({writable}) ON "{table}" TO {WORKER}')
    out.extend(f'GRANT INSERT ON "{table}" TO {WORKER}' for table in WORKER_MAY_INSERT if table in tables)
    return out
