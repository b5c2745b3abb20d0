"""Recurring mechanisms (周调度、月通报、季考评): each run prepares its agenda from the record, and its decisions become tasks."""
