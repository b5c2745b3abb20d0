"""What is reached without an account."""
