"""A department's system as the tests of the provider play it: registered here, it knows its own secrets."""

from __future__ import annotations

import hashlib
import secrets
import time
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from litestar.testing import AsyncTestClient

from tests.identity.pages import submit
from tongban.identity.model.oidc import Client
from tongban.identity.store import oidc as store
from tongban.kit import keys
from tongban.kit.db import Database
from tongban.kit.i18n import Text

ISSUER = "http://localhost:8000"
SECRET = "a secret of the system"
CALLBACK = "https://social.example/callback"
AFTER = "https://social.example/bye"
KEY = ECKey.generate_key("P-256", {"kid": "one"})
VERIFIER = "v" * 64

SOCIAL = Client(
    "social",
    Text("社会保险自助服务", "Social insurance"),
    "human-resources-310000",
    "residents",
    "client_secret_basic",
    (CALLBACK,),
    Text("识别您的账户", "To find your account"),
    "social.example",
    ("openid", "profile"),
    secrets=(hashlib.sha256(SECRET.encode()).hexdigest(),),
    after_logout=(AFTER,),
    back_channel="http://localhost:1/gone",
)
HOUSING = Client(
    "housing",
    Text("公积金查询", "Housing fund"),
    "housing-fund-310000",
    "residents",
    "private_key_jwt",
    ("https://housing.example/callback",),
    Text("识别您的账户", "To find your account"),
    "housing.example",
    keys=(KEY.as_dict(private=False),),
)


async def registered(db: Database, *clients: Client) -> None:
    await store.put_clients(db, clients or (SOCIAL, HOUSING))


def ask(client: Client = SOCIAL, **changed: Any) -> str:
    """The address that a system sends a browser to; a parameter that is None is left out."""
    wanted = {
        "response_type": "code",
        "client_id": client.id,
        "redirect_uri": client.redirects[0],
        "scope": " ".join(client.scopes),
        "state": "the-state",
        "nonce": "the-nonce",
        "code_challenge": create_s256_code_challenge(VERIFIER),
        "code_challenge_method": "S256",
        **changed,
    }
    return "/oidc/authorize?" + urlencode(
        {name: value for name, value in wanted.items() if value is not None}
    )


def told(answer: Any) -> dict[str, str]:
    """What came back to the system's address."""
    assert answer.status_code == 303, answer.text
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


async def consented(web: AsyncTestClient[Any], address: str) -> Any:
    """Press the button of the consent page and go on by the page between; gives the redirection to the system."""
    shown = await web.get(address)
    between = await submit(web, shown, "/oidc/consent", {})
    return await web.get(onward(between), follow_redirects=False)


def onward(page: Any) -> str:
    """Where a page that goes on by itself goes."""
    import html
    import re

    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page.text)
    assert found, page.text
    return html.unescape(found[1])


async def coded(web: AsyncTestClient[Any], client: Client = SOCIAL, **changed: Any) -> str:
    """A code for the one who is logged in, who consents where she has not."""
    answer = await web.get(ask(client, **changed), follow_redirects=False)
    if answer.status_code == 200:
        answer = await consented(web, ask(client, **changed))
    return told(answer)["code"]


async def exchanged(
    web: AsyncTestClient[Any], code: str, *, client: Client = SOCIAL, secret: str = SECRET, **changed: Any
) -> Any:
    """What the token endpoint answers."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.redirects[0],
        "code_verifier": VERIFIER,
        **changed,
    }
    if client.method == "client_secret_basic":
        return await web.post("/oidc/token", data=form, auth=(client.id, secret))
    form = {"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", **form}
    form.setdefault("client_assertion", assertion(client))
    return await web.post("/oidc/token", data=form)


def assertion(client: Client = HOUSING, **changed: Any) -> str:
    now = int(time.time())
    claims = {"iss": client.id, "sub": client.id, "aud": f"{ISSUER}/oidc/token", "iat": now, "exp": now + 60}
    return jwt.encode({"alg": "ES256", "kid": "one"}, claims | {"jti": secrets.token_hex(8)} | changed, KEY)


def claims_of(token: str) -> dict[str, Any]:
    """What a token of ours says; its signature must hold under the published keys."""
    return jwt.decode(token, KeySet.import_key_set(keys.current().jwks("oidc"))).claims
