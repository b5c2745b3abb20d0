"""Highlights and innovation cases (亮点、创新案例): what a unit did well, with evidence, consented to and approved."""
