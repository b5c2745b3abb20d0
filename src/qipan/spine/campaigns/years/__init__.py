"""A campaign's year comes to its end: its frozen record, and the one place that refuses to change a closed year."""
