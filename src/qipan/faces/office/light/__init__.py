"""Pages of lightness: what may not be asked, how much is asked of whom, and how it is looked at."""
