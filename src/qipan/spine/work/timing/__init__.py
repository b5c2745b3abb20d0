"""Deadlines: as they are written, what "at once" gives, and what comes again."""
