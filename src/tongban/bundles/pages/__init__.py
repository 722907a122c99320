"""The room's pages: what there is, the guide, the one form, how far it has come."""

from tongban.bundles.pages import correcting, filling, following, guiding

routes = [*guiding.routes, *filling.routes, *correcting.routes, *following.routes]
