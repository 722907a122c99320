"""Reading a case and its files, checking it by its code, and what is published of it."""
