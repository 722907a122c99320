"""Those outside: who says whether somebody is who she says, and systems that are told of an end."""
