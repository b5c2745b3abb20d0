"""What is learnt at a desk: document reviews, declared figures, authorities' opinions."""
