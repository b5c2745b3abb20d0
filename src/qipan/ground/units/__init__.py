"""Counties, units, people, and the posts from which rights come."""
