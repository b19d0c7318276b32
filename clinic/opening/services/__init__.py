"""What the opening day and the settings put together from the rooms below."""
