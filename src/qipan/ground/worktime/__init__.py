"""Deadlines in working time, and the calendar that they are counted by."""
