"""The pages of the campaign's plan: phases and nodes, and what hangs on them."""
