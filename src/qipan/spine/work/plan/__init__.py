"""The plan as the work hangs on it: what is due in a phase or by a node, and what moves when a day moves."""
