-- cases: how a reconsideration was decided 行政复议决定的种类 (行政复议法 art. 63 to 69), as its step tells it and lists show it.
-- Null of every other case, and of decisions before: their state says it (refused: upheld, closed: revoked).
ALTER TABLE cases."case" ADD COLUMN ruling text;
