"""SQL of the identity room: a file per table or pair of tables."""
