"""Those outside who say whether somebody is who she says: a file per provider."""
