"""The forms of the opening day and of the settings."""
