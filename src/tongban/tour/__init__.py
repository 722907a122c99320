"""The tour: walks the main job over HTTP against the running system, as three people would.

A resident searches, enrols, files, follows; an officer decides; somebody scans the licence. Every tour
takes a resident whom nobody has used before, so a second tour at once or a week later is green too.
"""

from tongban.tour.walk import Step, TourFailed, walk

__all__ = ["Step", "TourFailed", "walk"]
