"""Tongban 通办: one portal, one counter and one data exchange for everything people settle with the city."""
