"""Those who carry notices out of the house: a file per vendor."""
