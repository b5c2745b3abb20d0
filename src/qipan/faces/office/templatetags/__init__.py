"""Template tags and filters of the office pages."""
