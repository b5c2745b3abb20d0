"""The ledger: append-only observations, the readings made of them, and the running tallies."""
