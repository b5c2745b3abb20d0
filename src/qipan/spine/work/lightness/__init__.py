"""Lightness, kept by the machine: what is not asked, how much is asked, of whom, and what is looked at how."""
