"""Rights about one's data over the API: a section of its own in the document."""
