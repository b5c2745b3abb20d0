"""Hard problems (难点问题): a leader owns each, a plan of steps leads out of it, and a day of review keeps it honest."""
