"""Task tables and fault registers as offices have them: read, mapped, looked at, confirmed, and undone."""
