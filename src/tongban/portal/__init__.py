"""The portal room: the home page and "my" page. It owns no tables; it reads the other rooms by their doors."""
