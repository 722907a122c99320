"""Papers 文书: printed, shown before they are given, illustrated, sealed."""
