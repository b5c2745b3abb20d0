"""Who did what: an append-only, hash-chained journal."""
