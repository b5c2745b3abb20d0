"""What carries the campaign: the standard, the campaign, the ledger, the score."""
