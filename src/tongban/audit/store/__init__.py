"""SQL of the audit room: ledger, purposes, seals."""
