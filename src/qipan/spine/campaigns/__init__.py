"""A county's campaign, its years with pinned editions, its functions and their units, and the nodes ahead."""
