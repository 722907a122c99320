"""SQL of the portal: copies of a person's data."""
