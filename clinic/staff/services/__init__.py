"""What can happen to the people who sign in: users, links, practitioners, their sign-ins."""
