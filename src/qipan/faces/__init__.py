"""What people and machines touch; no rule of the domain is decided here."""
