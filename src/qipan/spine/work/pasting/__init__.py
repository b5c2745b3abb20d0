"""Tasks and orders from pasted text: the points of a speech, the lines of a chat."""
