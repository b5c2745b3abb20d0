"""Special actions as the work sees them: which orders are theirs, and what came back."""
