"""The pages of work: lists, one item, what can be done to it, decomposition."""
