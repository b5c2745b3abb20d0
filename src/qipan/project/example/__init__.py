"""The example campaign: Qingshan County, which does not exist, a year of its work, and its people."""
