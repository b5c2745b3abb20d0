"""A year is closed, carried over, opened again, and the next one begun from it: what crosses the rooms of the spine."""
