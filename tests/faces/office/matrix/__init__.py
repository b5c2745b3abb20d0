"""The rights matrix: every address of the office, and who may go there; one module for each group of pages."""
