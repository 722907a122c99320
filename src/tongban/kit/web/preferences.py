"""Language, theme and 长者版 (large type): plain links that set a cookie and go back."""

from __future__ import annotations

from litestar import get
from litestar.response import Redirect

from tongban.kit.web.pages import local_path, redirect
from tongban.kit.web.visit import ELDER_COOKIE, LANGUAGE_COOKIE, THEME_COOKIE, visit

YEAR = 365 * 24 * 3600


@get("/preferences/language", who="public.preferences")
async def set_language(to: str = "zh", back: str = "/") -> Redirect:
    """Speak another language from now on."""
    visit().set_cookie(LANGUAGE_COOKIE, "en" if to == "en" else "zh", max_age=YEAR)
    return redirect(local_path(back))


@get("/preferences/theme", who="public.preferences")
async def set_theme(to: str = "auto", back: str = "/") -> Redirect:
    """Light, dark, or as the device says."""
    visit().set_cookie(THEME_COOKIE, to if to in {"light", "dark"} else "auto", max_age=YEAR)
    return redirect(local_path(back))


@get("/preferences/elder", who="public.preferences")
async def set_elder(to: str = "on", back: str = "/") -> Redirect:
    """长者版: larger type and targets."""
    visit().set_cookie(ELDER_COOKIE, "1" if to == "on" else "0", max_age=YEAR)
    return redirect(local_path(back))


routes = [set_language, set_theme, set_elder]
