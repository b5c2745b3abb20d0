"""Stored editions of standards and their companions, immutable by content hash."""
