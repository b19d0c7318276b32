from __future__ import annotations

from clinic.staff.tests.cast import alice, bob, charlie, practice

__all__ = ["alice", "bob", "charlie", "practice"]
