"""The whole app as its settings say: https closes the cookies, proxies that are named speak for their visitors."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

import httpx
import pytest
from litestar.testing import AsyncTestClient

from tongban import settings
from tongban.app import create_app

# Litestar 2 warns of the injection that its third version drops; the pin is below 3.
pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")


@pytest.fixture(autouse=True)
def _settings_again() -> Iterator[None]:
    yield
    settings.reload()


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_the_public_address_decides_whether_cookies_travel_in_the_open(
    city_dsn: str, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    with monkeypatch.context() as place:
        place.setenv("DATABASE_URL", city_dsn)
        place.setenv("TONGBAN_PUBLIC_URL", f"{scheme}://city.example")
        settings.reload()
        async with AsyncTestClient(create_app()) as client:
            for path in ("/login", "/preferences/language?to=en"):
                answer = await client.get(path, follow_redirects=False)
                assert ("; Secure" in answer.headers["set-cookie"]) is (scheme == "https")
                assert ("strict-transport-security" in answer.headers) is (scheme == "https")


async def test_verification_is_paced_by_visitor_and_not_by_proxy(
    city_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tongban.licences.pages import cards as pages

    with monkeypatch.context() as place:
        place.setenv("DATABASE_URL", city_dsn)
        place.setenv("TONGBAN_PROXIES", "10.0.0.0/8, ::1")
        place.setattr(pages, "_pace", pages.Pace(questions=2, window=10**9))
        settings.reload()
        async with AsyncTestClient(create_app()) as running:
            way = httpx.ASGITransport(running.app, client=("10.1.2.3", 1))
            async with httpx.AsyncClient(transport=way, base_url="http://city.example") as proxy:
                told = [
                    (await proxy.get("/verify/x", headers={"x-forwarded-for": one})).status_code
                    for one in ("198.51.100.1", "198.51.100.1", "198.51.100.1", "198.51.100.2")
                ]
    assert told == [422, 422, 429, 422]


def test_the_names_of_proxies_are_read_and_a_wrong_one_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings.read().proxies == ()
    monkeypatch.setenv("TONGBAN_PROXIES", "127.0.0.1, 10.0.0.0/8 fd00::/8")
    assert settings.read().proxies == tuple(map(ip_network, ("127.0.0.1", "10.0.0.0/8", "fd00::/8")))
    for wrong in ("proxy.example", "10.0.0.1/8", "127.0.0.1:80"):
        monkeypatch.setenv("TONGBAN_PROXIES", wrong)
        with pytest.raises(settings.SettingsWrong, match="TONGBAN_PROXIES must be addresses or networks"):
            settings.read()
