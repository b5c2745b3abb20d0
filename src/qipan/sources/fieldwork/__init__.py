"""Visits to sites: what is looked at, by which list, and what was seen."""
