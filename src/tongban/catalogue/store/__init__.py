"""SQL of the catalogue: items and versions, sources, what a search looks at."""
