"""Ways to people who do not open the inbox: e-mail and the robots of chat groups."""
