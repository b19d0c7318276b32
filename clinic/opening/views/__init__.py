"""The pages of the opening day and of the settings."""
