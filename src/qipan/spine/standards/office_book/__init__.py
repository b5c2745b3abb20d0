"""A standard in the seven columns that offices have it in: read, completed by questions, made, and written back."""
