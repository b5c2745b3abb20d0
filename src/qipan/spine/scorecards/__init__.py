"""Points, losses and whose they are, as a campaign sees them."""
