"""What is done with bundles: published, planned, begun, filled in, sent, followed, taken back."""
