"""The office pages: what officials and leaders use in a browser."""
