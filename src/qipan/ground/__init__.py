"""What any public office's system stands on."""
