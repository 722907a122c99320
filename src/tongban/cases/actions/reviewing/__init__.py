"""What the department does with a case, from its acceptance to the delivery of its result."""
