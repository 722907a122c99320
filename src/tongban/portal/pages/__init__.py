"""What the portal shows: home and "my" page, and the pattern library of the house."""

from __future__ import annotations

from tongban.portal.pages import data, erasing, home, style

routes = [*home.routes, *data.routes, *erasing.routes, *style.routes]
