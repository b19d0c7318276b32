"""The pages of this room: the link, the form, and what practitioners read."""
