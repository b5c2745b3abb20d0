"""The inbox: what a post is told, written with the act that it tells of."""
