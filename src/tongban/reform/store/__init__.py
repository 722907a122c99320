"""SQL of the reform room: what versions ask, and how fast cases were decided. Nothing here is about a person."""
