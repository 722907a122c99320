"""Makes the people of the demo city: households, their jobs, homes and studies, then the registers' files."""

from .situations import SITUATIONS
from .write import seed_world, seeded

__all__ = ["SITUATIONS", "seed_world", "seeded"]
