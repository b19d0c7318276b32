"""The one policy table and the tag that every view carries. Imports no room."""

from clinic.policy.tags import Tag, policy

__all__ = ["Tag", "policy"]
