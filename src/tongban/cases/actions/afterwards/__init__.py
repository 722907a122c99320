"""After the decision: about a licence held, complaint and reconsideration, and what they do to the first case."""
