"""What a unit does of its own accord: an earlier date than it was given, and faults that it finds itself."""
