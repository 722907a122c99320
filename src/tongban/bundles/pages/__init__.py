"""The room's pages: what there is, the guide, the one form, how far it has come."""

from tongban.bundles.pages import correcting, filling, following, guiding, signing

routes = [*guiding.routes, *filling.routes, *signing.routes, *correcting.routes, *following.routes]
