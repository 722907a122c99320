"""Who has which case in hand, many at once, what colleagues note, and a department's cases going over."""
