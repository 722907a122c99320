"""Relying parties that are not ours walk the whole way: discovery, log-in, callback, claims, logout."""

from __future__ import annotations

import hashlib
import html
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import yaml
from playwright.sync_api import Browser

from tests.chromium import chromium, judging, violations
from tests.conftest import CITY, HOME
from tests.journeys.browser import DESKTOP, PHONE, Walker
from tests.journeys.house import PASSWORD, House
from tests.ports import free_port
from tongban.demo import PASSWORD as DEMO_PASSWORD
from tongban.demo import officer_phone, username
from tongban.tour.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

SECRET = "known-to-the-tests-alone"


@pytest.fixture(scope="module")
def ports() -> tuple[int, int]:
    """Where the two systems listen."""
    return free_port(), free_port()


@pytest.fixture(scope="module")
def issuer(house: House, ports: tuple[int, int], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The house with both systems registered, by the command; gives its public address."""
    city = tmp_path_factory.mktemp("city")
    for one in CITY.iterdir():
        (city / one.name).symlink_to(one)
    registered = yaml.safe_load((CITY / "oidc_clients.yaml").read_text())
    node, apache = (f"http://localhost:{port}" for port in ports)
    registered["systems"] += [
        _system("node", f"{node}/callback", after=f"{node}/left", back=f"{node}/back-channel"),
        _system(
            "apache",
            f"{apache}/in/callback",
            after=f"{apache}/left",
            back=f"{apache}/in/callback?logout=backchannel",
        ),
        _system("office", f"{node}/callback", after=f"{node}/left", back=f"{node}/back-channel")
        | {"audience": "staff", "scopes": ["openid", "staff"]},
    ]
    (city / "oidc_clients.yaml").unlink()
    (city / "oidc_clients.yaml").write_text(yaml.safe_dump(registered, allow_unicode=True))
    done = subprocess.run(
        [sys.executable, "-P", "-m", "tongban", "systems", "load"],
        env={**house.environment, "TONGBAN_CITY": str(city)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "5 systems are registered.\n", done.stdout + done.stderr
    return f"http://localhost:{house.port}"


def _system(name: str, redirect: str, *, after: str, back: str) -> dict[str, Any]:
    return {
        "id": name,
        "name": {"zh": f"试验系统 {name}", "en": f"System {name}"},
        "department": "human-resources-310000",
        "audience": "residents",
        "method": "client_secret_basic",
        "secrets": [hashlib.sha256(SECRET.encode()).hexdigest()],
        "redirects": [redirect],
        "after_logout": [after],
        "back_channel": back,
        "scopes": ["openid", "profile"],
        "name_form": "real",
        "purpose": {"zh": "试验", "en": "A test"},
        "sector": name,
        "mark": "synthetic",
    }


@contextmanager
def running(command: list[str], port: int, **more: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A program that listens at ``port``, ended afterwards."""
    import socket

    with subprocess.Popen(command, **more) as process:
        try:
            until = time.monotonic() + 30
            while True:
                assert process.poll() is None, f"{command[0]} ended with {process.returncode}"
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                assert time.monotonic() < until, f"{command[0]} does not listen"
                time.sleep(0.05)
            yield process
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture
def person(house: House, issuer: str) -> Iterator[tuple[Visitor, str]]:
    """Somebody with an account, logged in at the house's public address; and her name."""
    browser = Visitor(issuer)
    one = house.person()
    house.enrol(one, visitor=browser)
    yield browser, one["name"]
    browser.close()


def follow(browser: Visitor) -> Visitor:
    """Go on where the page goes on by itself."""
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', browser.html)
    assert found, browser.text[:600]
    return browser.visit(html.unescape(found[1]))


def consented(browser: Visitor, address: str) -> Visitor:
    """Open a system's page, agree, and come back to it."""
    browser.visit(address)
    assert "这个系统想要知道" in browser.text, (browser.path, browser.text[:600])
    return follow(browser.post("/oidc/consent"))


def until_told(browser: Visitor, address: str, holds: Any) -> None:
    """Wait until a page of the system says so."""
    until = time.monotonic() + 30
    while not holds(browser.visit(address)):
        assert time.monotonic() < until, browser.html[:600]
        time.sleep(0.2)


def test_openid_client_of_npm(issuer: str, ports: tuple[int, int], person: tuple[Visitor, str]) -> None:
    browser, name = person
    node = shutil.which("node")
    assert node and (HOME / "node_modules" / "openid-client").is_dir(), "scripts/setup.sh front"
    own = f"http://localhost:{ports[0]}"
    script = [
        node,
        str(HOME / "tests" / "journeys" / "openid_client.mjs"),
        issuer,
        "node",
        SECRET,
        str(ports[0]),
    ]
    with running(script, ports[0], cwd=HOME):
        learned = json.loads(consented(browser, f"{own}/start").html)
        assert learned["told"] == {"sub": learned["claims"]["sub"], "name": name, "level": 1}
        assert learned["claims"]["acr"] == "urn:tongban:level:1" and learned["stands"]["active"] is True
        # She is known now: no question, and the same number.
        again = json.loads(browser.visit(f"{own}/start").html)
        assert again["claims"]["sub"] == learned["claims"]["sub"]
        assert json.loads(browser.visit(f"{own}/leave").html)["state"] == "bye"
        until_told(browser, f"{own}/left", lambda page: json.loads(page.html)["left"])
        [left] = json.loads(browser.html)["left"]
        assert left["sid"] == learned["claims"]["sid"]
        assert browser.visit(f"{issuer}/my/account").path == "/login"


def test_an_officer_logs_in_at_her_departments_own_system(
    issuer: str, ports: tuple[int, int], house: House
) -> None:
    account, phone = username("310104"), officer_phone("310104")
    node = [shutil.which("node") or "", str(HOME / "tests" / "journeys" / "openid_client.mjs")]
    own = f"http://localhost:{ports[0]}"
    script = [*node, issuer, "office", SECRET, str(ports[0]), "openid staff"]
    browser = Visitor(issuer)
    house.a_minute_passes()
    with running(script, ports[0], cwd=HOME):
        browser.visit(f"{own}/start")
        assert browser.path == "/staff/login", (browser.path, browser.text[:600])
        after = house.newest(phone)
        browser.post("/staff/login", account=account, password=DEMO_PASSWORD)
        browser.post("/staff/login/code", code=house.message(phone, after))
        follow(browser)
        assert "这个系统想要知道" in browser.text, (browser.path, browser.text[:600])
        learned = json.loads(follow(browser.post("/oidc/consent")).html)
        assert learned["claims"]["acr"] == "urn:tongban:staff"
        assert learned["told"]["department"] == "police-310104" and learned["told"]["duties"]
        # A resident's session is none here, and the end of hers is told.
        assert json.loads(browser.visit(f"{own}/leave").html)["state"] == "bye"
        until_told(browser, f"{own}/left", lambda page: json.loads(page.html)["left"])
        assert json.loads(browser.html)["left"][0]["sid"] == learned["claims"]["sid"]
    browser.close()


def test_the_way_in_a_browser(issuer: str, ports: tuple[int, int], house: House, tmp_path: Path) -> None:
    """Chromium holds forms to our own addresses (``form-action``) and yet ends at the system's; without scripts too."""
    one = house.person()
    browser = Visitor(issuer)
    house.enrol(one, visitor=browser, raised=False)
    house.a_minute_passes()
    node = [shutil.which("node") or "", str(HOME / "tests" / "journeys" / "openid_client.mjs")]
    own = f"http://localhost:{ports[0]}"
    with running([*node, issuer, "node", SECRET, str(ports[0])], ports[0], cwd=HOME), chromium() as real:
        walker = Walker(real, issuer, width=PHONE, language="zh", script=False, pictures=tmp_path / "walk")
        page = walker.page
        page.goto(f"{own}/start")
        page.fill("[name=account]", one["phone"])
        page.fill("[name=password]", PASSWORD)
        after = house.newest(one["phone"])
        page.press("[name=password]", "Enter")
        page.fill("[name=code]", house.message(one["phone"], after))
        page.press("[name=code]", "Enter")
        page.wait_for_selector("text=这个系统想要知道")
        _judged(real, walker, tmp_path)
        page.click("text=同意并登录")
        page.wait_for_url(f"{own}/callback*")
        assert json.loads(page.inner_text("body"))["told"]["name"] == one["name"]
        page.goto(f"{issuer}/account/systems")
        _judged(real, walker, tmp_path)
        page.goto(_step_up(f"{issuer}", own))
        _judged(real, walker, tmp_path)
    browser.close()


def _step_up(issuer: str, own: str) -> str:
    wanted = {
        "response_type": "code",
        "client_id": "node",
        "redirect_uri": f"{own}/callback",
        "scope": "openid",
        "code_challenge": "c" * 43,
        "code_challenge_method": "S256",
        "acr_values": "urn:tongban:level:3",
    }
    return f"{issuer}/oidc/authorize?{urlencode(wanted)}"


def _judged(real: Browser, walker: Walker, place: Path) -> None:
    """The page in both widths and languages: accessible, no wider than the screen, no Chinese on the English one."""
    state = walker.context.storage_state()
    for width, language in ((PHONE, "zh"), (PHONE, "en"), (DESKTOP, "zh"), (DESKTOP, "en")):
        context = real.new_context(viewport={"width": width, "height": 900}, storage_state=state)
        context.add_cookies([{"name": "tongban_language", "value": language, "url": walker.base}])
        page = judging(context).new_page()
        page.goto(walker.page.url)
        assert violations(page) == [], (page.url, width, language)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (page.url, width, language)
        folder = Path(os.environ.get("TONGBAN_PICTURES") or place)
        name = "level" if "acr_values" in page.url else urlsplit(page.url).path.strip("/").replace("/", "-")
        page.screenshot(path=folder / f"{name}-{width}-{language}.png", full_page=True)
        context.close()


MODULES = Path("/usr/lib/apache2/modules")


def _apache(place: Path, issuer: str, port: int) -> list[str]:
    """The command of an Apache that lets people in by mod_auth_openidc alone, with all its files in ``place``."""
    page = place / "pages" / "in"
    page.mkdir(parents=True)
    (page / "index.shtml").write_text(
        '<!--#echo var="OIDC_CLAIM_sub" -->|<!--#echo var="OIDC_CLAIM_name" -->|<!--#echo var="OIDC_CLAIM_acr" -->'
    )
    (place / "pages" / "left").write_text("left")
    modules = [
        "mpm_event",
        "authn_core",
        "authz_core",
        "authz_user",
        "dir",
        "mime",
        "include",
        "auth_openidc",
    ]
    names = {"auth_openidc": "auth_openidc_module"}
    loads = "\n".join(
        f"LoadModule {names.get(one, one + '_module')} {MODULES}/mod_{one}.so" for one in modules
    )
    # As root Apache gives its children another user; as anybody else it stays who it is.
    user = "User www-data\nGroup www-data" if os.geteuid() == 0 else ""
    (place / "apache.conf").write_text(
        f"""{loads}
{user}
ServerRoot {place}
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {place}/pid
ErrorLog {place}/error.log
DefaultRuntimeDir {place}
Mutex file:{place}
DocumentRoot {place}/pages
TypesConfig /etc/mime.types
DirectoryIndex index.shtml
AddOutputFilter INCLUDES .shtml
<Directory {place}/pages>
    Options +Includes
    Require all granted
</Directory>
OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
OIDCClientID apache
OIDCClientSecret "{SECRET}"
OIDCProviderTokenEndpointAuth client_secret_basic
OIDCRedirectURI http://localhost:{port}/in/callback
OIDCCryptoPassphrase of-the-tests
OIDCScope "openid profile"
OIDCPKCEMethod S256
OIDCIDTokenSignedResponseAlg ES256
OIDCCacheType shm
<Location /in>
    AuthType openid-connect
    Require valid-user
</Location>
"""
    )
    for one in (place, *place.rglob("*")):
        one.chmod(0o777 if one.is_dir() else 0o644)
    return ["/usr/sbin/apache2", "-X", "-f", str(place / "apache.conf")]


def test_mod_auth_openidc_of_debian(
    issuer: str, ports: tuple[int, int], person: tuple[Visitor, str], house: House
) -> None:
    browser, name = person
    assert (MODULES / "mod_auth_openidc.so").exists(), "scripts/setup.sh apache"
    own = f"http://localhost:{ports[1]}"
    place = house.place / "apache"
    with running(_apache(place, issuer, ports[1]), ports[1]):
        shown = consented(browser, f"{own}/in/")
        assert urlsplit(str(shown.path)).path == "/in/", shown.text[:600] + (place / "error.log").read_text()
        sub, told, acr = shown.html.strip().split("|")
        assert len(sub) == 43 and told == name and acr == "urn:tongban:level:1"
        # She logs out at the house, which tells Apache behind her back: Apache asks for a log-in again.
        page = browser.visit(f"{issuer}/my").html
        token = re.search(r'name="_csrf" value="([^"]+)"', page)
        assert token
        browser.client.post(f"{issuer}/logout", data={"_csrf": token[1]})
        house.until(browser, f"{own}/in/", lambda page: page.path == "/login", "the end of Apache's session")
