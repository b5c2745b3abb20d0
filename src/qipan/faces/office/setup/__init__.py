"""The pages by which an office sets its campaign up and keeps its units, people and sites."""
