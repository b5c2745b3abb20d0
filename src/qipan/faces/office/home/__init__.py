"""The first pages of each role: the inbox, my unit, the leader's page, gaps."""
