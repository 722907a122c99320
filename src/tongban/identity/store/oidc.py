"""SQL of departments' systems that log people in through us: what a request is judged by, and what it leaves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from asyncpg import Record

from tongban.identity.model.oidc import CODE_LIFETIME, Client, Code, Consent, Login, Token
from tongban.identity.model.oidc_server import Burnt
from tongban.kit.db import Database, Part
from tongban.kit.i18n import Text
from tongban.kit.ids import bucket_of

#: So many ended sessions a sweep.
LIMIT = 200
CLIENT = """c.id AS client, c.name_zh, c.name_en, c.department AS owner, c.audience, c.method, c.secrets, c.keys,
    c.redirects, c.after_logout, c.back_channel, c.scopes, c.purpose_zh, c.purpose_en, c.name_form, c.sector"""
_LOGIN = """l.id AS login, l.account, l.client AS of_client, l.level, l.department, l.duties, l.auth_at, l.until,
    l.ended_at"""


def client_of(row: Record) -> Client:
    """A registered system from a row that carries its columns."""
    return Client(
        row["client"],
        Text(row["name_zh"], row["name_en"]),
        row["owner"],
        row["audience"],
        row["method"],
        tuple(row["redirects"]),
        Text(row["purpose_zh"], row["purpose_en"]),
        row["sector"],
        tuple(row["scopes"]),
        row["name_form"],
        tuple(row["secrets"]),
        tuple(row["keys"]),
        tuple(row["after_logout"]),
        row["back_channel"],
    )


def login_of(row: Record) -> Login:
    """A session at a system from a row that carries its columns."""
    return Login(
        *(row["login"], row["account"], row["of_client"], row["level"], row["auth_at"], row["until"]),
        *(row["department"], tuple(row["duties"]), row["ended_at"]),
    )


async def client(db: Database, id: str) -> Client | None:  # noqa: A002 - the system's own id
    """A registered system."""
    row = await db.row(f"SELECT {CLIENT} FROM identity.oidc_client c WHERE c.id = $1", id)
    return None if row is None else client_of(row)


async def put_clients(db: Database, found: Sequence[Client]) -> None:
    """Insert or correct systems and drop those that are no longer registered; the same again changes nothing."""
    await db.run("DELETE FROM identity.oidc_client WHERE id <> ALL($1::text[])", [one.id for one in found])
    for one in found:
        await db.run(
            """INSERT INTO identity.oidc_client (id, name_zh, name_en, department, audience, method, secrets, keys,
                redirects, after_logout, back_channel, scopes, purpose_zh, purpose_en, name_form, sector)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
            ON CONFLICT (id) DO UPDATE SET name_zh = EXCLUDED.name_zh, name_en = EXCLUDED.name_en,
                department = EXCLUDED.department, audience = EXCLUDED.audience, method = EXCLUDED.method,
                secrets = EXCLUDED.secrets, keys = EXCLUDED.keys, redirects = EXCLUDED.redirects,
                after_logout = EXCLUDED.after_logout, back_channel = EXCLUDED.back_channel,
                scopes = EXCLUDED.scopes, purpose_zh = EXCLUDED.purpose_zh, purpose_en = EXCLUDED.purpose_en,
                name_form = EXCLUDED.name_form, sector = EXCLUDED.sector""",
            *(one.id, one.name.zh, one.name.en, one.department, one.audience, one.method, list(one.secrets)),
            *(
                list(one.keys),
                list(one.redirects),
                list(one.after_logout),
                one.back_channel,
                list(one.scopes),
            ),
            *(one.purpose.zh, one.purpose.en, one.name_form, one.sector),
        )


async def ask(db: Database, client: str, account: UUID, *, session: UUID) -> Record | None:
    """What an authorization request of somebody logged in is judged by: system, her consent, her session there, and
    whether she is inside an account that was merged into another."""
    return await db.row(
        f"""SELECT {CLIENT}, l.id AS login, k.scopes AS agreed, k.given_at AS agreed_at,
            EXISTS (SELECT FROM identity.account a WHERE a.bucket = $2::smallint AND a.id = $3::uuid
                AND a.merged_into IS NOT NULL) AS merged
        FROM identity.oidc_client c
        LEFT JOIN identity.oidc_consent k ON k.bucket = $2::smallint AND k.account = $3::uuid AND k.client = c.id
            AND k.revoked_at IS NULL
        LEFT JOIN identity.oidc_login l ON l.bucket = $2::smallint AND l.session = $4::uuid AND l.client = c.id
            AND l.ended_at IS NULL
        WHERE c.id = $1::text""",
        *(client, bucket_of(account), account, session),
    )


def opening_login(login: Login, *, session: UUID, now: datetime) -> Part:
    """The guard that opens a session at a system; lost when this very session has one there already."""
    return Part(
        """INSERT INTO identity.oidc_login
            (bucket, id, account, client, session, level, department, duties, auth_at, opened_at, until)
        VALUES ($1::smallint, $2::uuid, $3::uuid, $4::text, $5::uuid, $6::smallint, $7::text, $8::text[],
            $9::timestamptz, $10::timestamptz, $11::timestamptz)
        ON CONFLICT (bucket, session, client) WHERE ended_at IS NULL DO NOTHING RETURNING id""",
        (
            *(bucket_of(login.account), login.id, login.account, login.client, session, login.level),
            *(login.department, list(login.duties), login.auth_at, now, login.until),
        ),
    )


def using_login(login: Login, *, now: datetime) -> Part:
    """The guard that goes on with a session at a system, with what her own session has become; lost once it is over."""
    return Part(
        """UPDATE identity.oidc_login SET level = $3::smallint, department = $4::text, duties = $5::text[]
        WHERE bucket = $1::smallint AND id = $2::uuid AND ended_at IS NULL AND until > $6::timestamptz RETURNING id""",
        (bucket_of(login.account), login.id, login.level, login.department, list(login.duties), now),
    )


def making_code(code: Code, *, now: datetime) -> Part:
    """The part that keeps a code's hash, for one use within a minute."""
    return Part(
        """INSERT INTO identity.oidc_code (bucket, hash, login, client, redirect, scope, nonce, challenge, expires_at)
        SELECT $1::smallint, $2::bytea, $3::uuid, $4::text, $5::text, $6::text, $7::text, $8::text, $9::timestamptz
        FROM guard""",
        (
            *(bucket_of(code.login.account), code.hash, code.login.id, code.login.client, code.redirect),
            *(code.scope, code.nonce, code.challenge, now + CODE_LIFETIME),
        ),
    )


def consenting(account: UUID, client: str, scopes: Sequence[str], *, now: datetime) -> Part:
    """The guard that keeps what somebody agreed to; what she agreed to before is not lost, nor an older one revived."""
    return Part(
        """INSERT INTO identity.oidc_consent AS k (bucket, account, client, scopes, given_at)
        VALUES ($1::smallint, $2::uuid, $3::text, $4::text[], $5::timestamptz)
        ON CONFLICT (bucket, account, client) DO UPDATE SET given_at = EXCLUDED.given_at, revoked_at = NULL,
            scopes = CASE WHEN k.revoked_at IS NULL
                THEN ARRAY(SELECT DISTINCT unnest(k.scopes || EXCLUDED.scopes) ORDER BY 1) ELSE EXCLUDED.scopes END
        RETURNING account""",
        (bucket_of(account), account, client, sorted(scopes), now),
    )


def marking_consent(account: UUID, client: str, *, now: datetime) -> Part:
    """The part that notes when a consent was last made use of."""
    return Part(
        """UPDATE identity.oidc_consent AS k SET used_at = $4::timestamptz FROM guard
        WHERE k.bucket = $1::smallint AND k.account = $2::uuid AND k.client = $3::text""",
        (bucket_of(account), account, client, now),
    )


def revoking_consent(account: UUID, client: str, *, now: datetime) -> Part:
    """The guard that takes a consent back; lost when there is none."""
    return Part(
        """UPDATE identity.oidc_consent SET revoked_at = $4::timestamptz
        WHERE bucket = $1::smallint AND account = $2::uuid AND client = $3::text AND revoked_at IS NULL
        RETURNING account""",
        (bucket_of(account), account, client, now),
    )


def shortening_logins(account: UUID, client: str, *, now: datetime) -> Part:
    """The part that ends a person's sessions at a system: the worker tells the system."""
    return Part(
        """UPDATE identity.oidc_login AS l SET until = $4::timestamptz FROM guard
        WHERE l.bucket = $1::smallint AND l.account = $2::uuid AND l.client = $3::text AND l.ended_at IS NULL
            AND l.until > $4::timestamptz""",
        (bucket_of(account), account, client, now),
    )


async def consents(db: Database, account: UUID) -> list[Consent]:
    """The systems that a person has agreed to, the latest first."""
    rows = await db.rows(
        """SELECT k.client, c.name_zh, c.name_en, c.department, c.purpose_zh, c.purpose_en, c.name_form, k.scopes,
            k.given_at, k.used_at
        FROM identity.oidc_consent k JOIN identity.oidc_client c ON c.id = k.client
        WHERE k.bucket = $1 AND k.account = $2 AND k.revoked_at IS NULL
        ORDER BY coalesce(k.used_at, k.given_at) DESC, k.client LIMIT 200""",
        bucket_of(account),
        account,
    )
    return [
        Consent(
            *(row["client"], Text(row["name_zh"], row["name_en"]), row["department"]),
            *(Text(row["purpose_zh"], row["purpose_en"]), row["name_form"], tuple(row["scopes"])),
            *(row["given_at"], row["used_at"]),
        )
        for row in rows
    ]


async def holdings(db: Database, account: UUID) -> list[dict[str, Any]]:
    """A person's consents and her sessions at systems, for the copy that she may ask for."""
    rows = await db.rows(
        """SELECT k.client, c.name_zh, c.name_en, k.scopes, k.given_at, k.used_at, k.revoked_at, (
                SELECT count(*) FROM identity.oidc_login l
                WHERE l.bucket = k.bucket AND l.account = k.account AND l.client = k.client) AS sessions
        FROM identity.oidc_consent k LEFT JOIN identity.oidc_client c ON c.id = k.client
        WHERE k.bucket = $1 AND k.account = $2 ORDER BY k.client""",
        bucket_of(account),
        account,
    )
    return [{"system": dict(row)} for row in rows]


async def exchange(
    db: Database, client: str, *, bucket: int | None, hash_: bytes, assertion: bytes
) -> tuple[Client | None, Code | None, bool]:
    """What a code's exchange is judged by: the system, the code's row, and whether its assertion was used before."""
    row = await db.row(
        f"""SELECT {CLIENT}, {_LOGIN}, k.hash, k.redirect, k.scope, k.nonce, k.challenge, k.expires_at, k.used_at,
            a.name_sealed, s.hash IS NOT NULL AS burnt
        FROM identity.oidc_client c
        LEFT JOIN identity.oidc_code k ON k.bucket = $2::smallint AND k.hash = $3::bytea
        LEFT JOIN identity.oidc_login l ON l.bucket = k.bucket AND l.id = k.login
        LEFT JOIN identity.account a ON a.bucket = l.bucket AND a.id = l.account
        LEFT JOIN identity.oidc_assertion s ON s.client = c.id AND s.hash = $4::bytea
        WHERE c.id = $1""",
        client,
        bucket,
        hash_,
        assertion,
    )
    if row is None:
        return None, None, False
    code = None
    if row["login"] is not None and row["name_sealed"] is not None:
        code = Code(
            *(row["hash"], login_of(row), row["redirect"], row["scope"], row["nonce"], row["challenge"]),
            *(row["expires_at"], row["used_at"], row["name_sealed"]),
        )
    return client_of(row), code, row["burnt"]


async def token(
    db: Database,
    id: UUID | None,  # noqa: A002 - the token's own id
    client: str,
    *,
    assertion: bytes,
) -> tuple[Client | None, Token | None, bool]:
    """A token's row with its session; of the system ``client``, or, without one, of the token's own."""
    row = await db.row(
        f"""SELECT {CLIENT}, {_LOGIN}, t.id AS token, t.scope, t.issued_at, t.expires_at, t.revoked_at, a.name_sealed,
            s.hash IS NOT NULL AS burnt
        FROM (SELECT $1::smallint AS bucket, $2::uuid AS id) AS named
        LEFT JOIN identity.oidc_token t ON t.bucket = named.bucket AND t.id = named.id
        LEFT JOIN identity.oidc_login l ON l.bucket = t.bucket AND l.id = t.login
        LEFT JOIN identity.account a ON a.bucket = l.bucket AND a.id = l.account
        JOIN identity.oidc_client c ON c.id = CASE WHEN $3::text = '' THEN t.client ELSE $3::text END
        LEFT JOIN identity.oidc_assertion s ON s.client = c.id AND s.hash = $4::bytea""",
        None if id is None else bucket_of(id),
        id,
        client,
        assertion,
    )
    if row is None:
        return None, None, False
    found = None
    if row["token"] is not None and row["name_sealed"] is not None:
        found = Token(
            *(row["token"], login_of(row), row["scope"], row["issued_at"], row["expires_at"]),
            *(row["revoked_at"], row["name_sealed"]),
        )
    return client_of(row), found, row["burnt"]


def using_code(code: Code, *, now: datetime) -> Part:
    """The guard that uses a code up; lost when a twin was faster."""
    return Part(
        """UPDATE identity.oidc_code SET used_at = $3::timestamptz
        WHERE bucket = $1::smallint AND hash = $2::bytea AND used_at IS NULL RETURNING bucket, hash""",
        (bucket_of(code.login.account), code.hash, now),
    )


def issuing_token(id: UUID, code: Code, *, lifetime: timedelta, now: datetime) -> Part:  # noqa: A002 - its own id
    """The part that keeps a token, so that it can be taken back."""
    return Part(
        """INSERT INTO identity.oidc_token (bucket, id, login, code, client, scope, issued_at, expires_at)
        SELECT $1::smallint, $2::uuid, $3::uuid, $4::bytea, $5::text, $6::text, $7::timestamptz, $8::timestamptz
        FROM guard""",
        (
            *(bucket_of(id), id, code.login.id, code.hash, code.login.client, code.scope),
            *(now, now + lifetime),
        ),
    )


def revoking_code(code: Code, *, now: datetime) -> Part:
    """The guard that takes back what a code bought, because the code came twice; it stands however often it comes."""
    return Part(
        """UPDATE identity.oidc_token SET revoked_at = coalesce(revoked_at, $3::timestamptz)
        WHERE bucket = $1::smallint AND login = $4::uuid AND code = $2::bytea RETURNING id""",
        (bucket_of(code.login.account), code.hash, now, code.login.id),
    )


def revoking_token(token: Token, *, now: datetime) -> Part:
    """The guard that takes a token back; lost when it was before."""
    return Part(
        """UPDATE identity.oidc_token SET revoked_at = $3::timestamptz
        WHERE bucket = $1::smallint AND id = $2::uuid AND revoked_at IS NULL RETURNING id""",
        (bucket_of(token.id), token.id, now),
    )


def burning(burnt: Burnt, *, ends: datetime) -> Part:
    """The guard that uses an assertion up; lost when a twin was faster."""
    return Part(
        """INSERT INTO identity.oidc_assertion (client, hash, expires_at)
        VALUES ($1::text, $2::bytea, $3::timestamptz) ON CONFLICT DO NOTHING RETURNING client""",
        (burnt.client, burnt.hash, ends),
    )


def showing(token: Token, *, now: datetime) -> Part:
    """The guard of a reading of claims: it stands while the token does, so that the ledger's row is written with it."""
    return Part(
        """SELECT id FROM identity.oidc_token
        WHERE bucket = $1::smallint AND id = $2::uuid AND revoked_at IS NULL AND expires_at > $3::timestamptz""",
        (bucket_of(token.id), token.id, now),
    )


def following_sessions(*, now: datetime) -> Part:
    """The part that ends sessions at systems whose own session, in the guard's rows, is over."""
    return Part(
        """UPDATE identity.oidc_login AS l SET until = $1::timestamptz FROM guard
        WHERE l.bucket = guard.bucket AND l.session = guard.id AND l.ended_at IS NULL
            AND l.until > $1::timestamptz  -- across people: whose sessions have ended
        """,
        (now,),
    )


async def over(db: Database, *, now: datetime) -> list[tuple[Login, Client | None]]:
    """Sessions at systems that are over and of which the system has not been told, the oldest first."""
    rows = await db.rows(
        f"""SELECT {_LOGIN}, {CLIENT} FROM identity.oidc_login l LEFT JOIN identity.oidc_client c ON c.id = l.client
        WHERE l.ended_at IS NULL AND l.until <= $1  -- across people: all whose time is over
        ORDER BY l.until LIMIT {LIMIT}""",
        now,
    )
    return [(login_of(row), None if row["client"] is None else client_of(row)) for row in rows]


def ending_login(login: Login, *, now: datetime) -> Part:
    """The guard that closes a session at a system; lost when another worker was faster."""
    return Part(
        """UPDATE identity.oidc_login SET ended_at = $3::timestamptz
        WHERE bucket = $1::smallint AND id = $2::uuid AND ended_at IS NULL RETURNING id""",
        (bucket_of(login.account), login.id, now),
    )


def revoking_tokens(login: Login, *, now: datetime) -> Part:
    """The part that takes back all tokens of a session at a system."""
    return Part(
        """UPDATE identity.oidc_token AS t SET revoked_at = $3::timestamptz FROM guard
        WHERE t.bucket = $1::smallint AND t.login = $2::uuid AND t.revoked_at IS NULL""",
        (bucket_of(login.account), login.id, now),
    )


async def ended(db: Database, account: UUID, id: UUID) -> tuple[Login, Client] | None:  # noqa: A002 - its own id
    """A session at a system that is over, and the system, which is to be told."""
    row = await db.row(
        f"""SELECT {_LOGIN}, {CLIENT} FROM identity.oidc_login l JOIN identity.oidc_client c ON c.id = l.client
        WHERE l.bucket = $1 AND l.account = $2 AND l.id = $3""",
        bucket_of(account),
        account,
        id,
    )
    return None if row is None else (login_of(row), client_of(row))


async def forget(db: Database, *, before: datetime) -> None:
    """Drop codes, tokens, assertions and sessions at systems that have been over since ``before``."""
    for text in _FORGETTING:
        await db.run(text, before)


_FORGETTING: Iterable[str] = (
    "DELETE FROM identity.oidc_code WHERE expires_at < $1  -- across people: the hourly sweep",
    "DELETE FROM identity.oidc_token WHERE expires_at < $1  -- across people: the hourly sweep",
    "DELETE FROM identity.oidc_assertion WHERE expires_at < $1",
    "DELETE FROM identity.oidc_login WHERE least(ended_at, until) < $1  -- across people: the hourly sweep",
)
