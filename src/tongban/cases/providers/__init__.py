"""Whom the cases room calls outside."""
