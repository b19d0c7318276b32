"""Spanish in the north of the Americas."""
