"""Tasks for several units at once: one for each, or one that one of them leads and the others support."""
