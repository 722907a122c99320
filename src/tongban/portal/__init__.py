"""The portal room: home, "my" page, the pattern library of the house, and what the API says of itself.

It owns no tables; it reads the other rooms by their doors.
"""

from tongban.portal.actions import openapi

__all__ = ["openapi"]
