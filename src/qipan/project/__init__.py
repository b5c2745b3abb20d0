"""Settings, addresses and the command."""
