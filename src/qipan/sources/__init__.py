"""The ways in which something is learnt; each writes to the ledger and may open work."""
