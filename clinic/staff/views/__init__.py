"""The pages about the people who sign in."""
