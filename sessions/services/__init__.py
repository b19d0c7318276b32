"""What happens to notes: started, saved, signed, added to. One business event each."""

from sessions.services.addenda import add_addendum
from sessions.services.consent import record_paper_consent
from sessions.services.drafts import save_note, start_note
from sessions.services.signing import sign_note, verify_chain, verify_hash

__all__ = [
    "add_addendum",
    "record_paper_consent",
    "save_note",
    "sign_note",
    "start_note",
    "verify_chain",
    "verify_hash",
]
