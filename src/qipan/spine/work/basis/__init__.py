"""Basis documents: what tasks rest on, by title, number and clause."""
