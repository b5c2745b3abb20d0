"""A unit handles one item without an account: by a link on paper or in a chat."""
