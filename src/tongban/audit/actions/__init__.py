"""What is done with ledger and purposes."""
