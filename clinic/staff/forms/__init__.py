"""The forms of the staff room."""
