"""Letters 通知: what is told to whom, in both languages, once."""
