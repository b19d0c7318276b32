"""Who may do what: one table, as data. The cells are section 2.2 of the threat model.

``True`` for a role means it may; a role that is not named gets 403, whatever the record. Reads of clinical records
("R" in the model) are traced by the view through ``clinic.audit.services.open_record``.
"""

from __future__ import annotations

FRONT_DESK = "front-desk"
PRACTITIONER = "practitioner"
OWNER = "owner"
ROLES = (FRONT_DESK, PRACTITIONER, OWNER)

_EVERYONE = frozenset(ROLES)
_PRACTITIONERS = frozenset({PRACTITIONER})
_OWNERS = frozenset({OWNER})
_FRONT_DESK_AND_PRACTITIONERS = frozenset({FRONT_DESK, PRACTITIONER})

TABLE: dict[tuple[str, str], frozenset[str]] = {
    # patient: name, contact, birth date
    ("patient", "list"): _EVERYONE,
    ("patient", "read"): _EVERYONE,
    ("patient", "create"): _EVERYONE,
    ("patient", "edit-contact"): _EVERYONE,
    # intake: the state is for all, the answers are not
    ("intake-status", "read"): _EVERYONE,
    ("intake-status", "send"): _EVERYONE,
    ("intake-answers", "read"): _PRACTITIONERS,
    ("intake-answers", "enter"): _PRACTITIONERS,
    ("intake-answers", "sign-off"): _PRACTITIONERS,
    ("intake-answers", "review"): _PRACTITIONERS,
    ("intake-answers", "correct"): _PRACTITIONERS,
    ("questionnaire", "ask"): _PRACTITIONERS,
    ("questionnaire", "read"): _PRACTITIONERS,
    ("questionnaire", "review"): _PRACTITIONERS,
    # facts of the safety list that a practitioner records
    ("safety-fact", "record"): _PRACTITIONERS,
    # treatment note
    ("note", "read"): _PRACTITIONERS,
    ("note", "create"): _PRACTITIONERS,
    ("note", "edit"): _PRACTITIONERS,
    ("note", "sign"): _PRACTITIONERS,
    ("note", "addendum"): _PRACTITIONERS,
    # point sets, and the look-up of points: knowledge and tools, no record
    ("points", "find"): _PRACTITIONERS,
    ("point-set", "read"): _PRACTITIONERS,
    ("point-set", "edit"): _PRACTITIONERS,
    # the clinic's texts for notes hold nothing of a patient: owners keep the shared ones too
    ("text-block", "read"): frozenset({PRACTITIONER, OWNER}),
    ("text-block", "edit"): frozenset({PRACTITIONER, OWNER}),
    # boxes of needles, and what a note begins with
    ("needles", "edit"): _PRACTITIONERS,
    # a course: its plan, how it was kept, the decisions at its checkpoints
    ("course", "read"): _PRACTITIONERS,
    ("course", "edit"): _PRACTITIONERS,
    ("course", "decide"): _PRACTITIONERS,
    ("note", "export"): _PRACTITIONERS,
    # the history of a patient, and the note between practitioners
    ("history", "read"): _PRACTITIONERS,
    ("history", "export"): _PRACTITIONERS,
    ("private-note", "write"): _PRACTITIONERS,
    ("body-chart", "mark"): _PRACTITIONERS,
    # needle clocks: rooms and times are for all, counting is for who treats
    ("clock", "hear"): _EVERYONE,
    ("clock", "set"): _PRACTITIONERS,
    ("help", "call"): _PRACTITIONERS,
    ("help", "answer"): _EVERYONE,
    ("help", "take-over"): _PRACTITIONERS,
    # adverse events: what happened is for who treats
    ("event", "read"): _PRACTITIONERS,
    ("event", "write"): _PRACTITIONERS,
    # the phone list; what a call of those who treat is about stands there for them alone
    ("call", "list"): _FRONT_DESK_AND_PRACTITIONERS,
    ("call", "answer"): _FRONT_DESK_AND_PRACTITIONERS,
    ("call", "answer-care"): _PRACTITIONERS,
    # measures: the scales are settings, the values are part of the record
    ("measures", "read"): frozenset({PRACTITIONER, OWNER}),
    ("measures", "edit"): _OWNERS,
    ("measures", "enter"): _PRACTITIONERS,
    # worrying answers and other work that waits for a person
    ("attention", "read"): _PRACTITIONERS,
    ("attention", "acknowledge"): _PRACTITIONERS,
    ("duty", "edit"): _OWNERS,
    # appointment
    ("appointment", "calendar"): _EVERYONE,
    ("appointment", "book"): _EVERYONE,
    ("appointment", "arrive"): _EVERYONE,
    # the patient's own page: its link goes to the address on file
    ("own-page", "send"): _EVERYONE,
    # mail log
    ("outbox", "list"): _EVERYONE,
    ("outbox", "list-private"): frozenset({PRACTITIONER, OWNER}),
    ("outbox", "resolve"): _EVERYONE,
    ("outbox", "read-body"): _OWNERS,
    # users, settings
    ("users", "list"): _OWNERS,
    ("users", "change"): _OWNERS,
    ("settings", "read"): _EVERYONE,
    ("settings", "edit"): _OWNERS,
    ("own-account", "edit"): _EVERYONE,
}
