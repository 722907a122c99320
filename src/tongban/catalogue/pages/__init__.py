"""The room's pages: what anybody looks up, and the desk of those who maintain items and sources."""

from tongban.catalogue.pages import counting, desk, drafting, public

routes = [*public.routes, *counting.routes, *desk.routes, *drafting.routes]
