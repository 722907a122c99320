"""SQL of the exchange: resources, the call log."""
