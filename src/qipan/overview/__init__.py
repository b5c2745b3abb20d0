"""Questions that cross rooms: the board, the points behind a figure, units and sites."""
