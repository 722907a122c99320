"""What the portal shows: home and "my" page, and the pattern library of the house."""

from __future__ import annotations

from tongban.portal.pages import data, erasing, home, keeping, style

routes = [*home.routes, *data.routes, *erasing.routes, *keeping.routes, *style.routes]
