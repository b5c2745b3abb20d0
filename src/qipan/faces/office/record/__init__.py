"""The forms by which something is recorded: visits, reviews, figures, opinions, rounds."""
