"""The portal room: home, "my" page, and the pattern library of the house.

It owns no tables; it reads the other rooms by their doors.
"""
