"""What the exchange does: reads of registers under a purpose, and loading how they are called."""
