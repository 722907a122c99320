"""What the portal shows: home and "my" page, and the pattern library of the house."""

from __future__ import annotations

from tongban.portal.pages import data, decisions, desk_requests, erasing, home, keeping, requests, style

routes = [
    *(*home.routes, *data.routes, *requests.routes, *desk_requests.routes),
    *decisions.routes,
    *(*erasing.routes, *keeping.routes, *style.routes),
]
