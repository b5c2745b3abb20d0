"""Who leads, who sponsors, who takes over: pages."""
