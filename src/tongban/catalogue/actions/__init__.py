"""What is done with the catalogue: read, searched, published, loaded."""
