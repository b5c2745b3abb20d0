"""Pages of the years: closed and opened again, their reports, and the next one begun."""
