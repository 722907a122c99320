"""One SQLite file a service, as separate offices have separate databases."""

import sqlite3
from pathlib import Path

REGISTERS = ("population", "residence", "employment", "property", "education", "enterprise", "kinship")
#: Connected later: their files are made at the first start that knows them, not with the people.
LATER = ("degree", "profession", "marriage", "vehicle", "tax")
SEEDED = (*REGISTERS, "cast")
VERSION = "3"  # of the seeded people; raised when the same seed would give other people

TABLES = {
    "population": """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE person (
  id_number TEXT PRIMARY KEY, name TEXT NOT NULL, sex TEXT NOT NULL, birth_date TEXT NOT NULL,
  ethnicity TEXT NOT NULL, hukou_address TEXT NOT NULL, hukou_district TEXT NOT NULL,
  is_local_hukou INTEGER NOT NULL, photo_ref TEXT NOT NULL, phone TEXT, status TEXT NOT NULL,
  status_since TEXT,
  synthetic INTEGER NOT NULL DEFAULT 1) WITHOUT ROWID;
CREATE INDEX person_of_phone ON person (phone);
""",
    "residence": """
CREATE TABLE household (id INTEGER PRIMARY KEY, head_id_number TEXT NOT NULL, head_name TEXT NOT NULL);
CREATE TABLE registration (
  id_number TEXT PRIMARY KEY, name TEXT NOT NULL, registered INTEGER NOT NULL, since TEXT NOT NULL,
  floats INTEGER,
  address TEXT NOT NULL, district TEXT NOT NULL, subdistrict TEXT NOT NULL, household INTEGER NOT NULL,
  relation TEXT NOT NULL, synthetic INTEGER NOT NULL DEFAULT 1) WITHOUT ROWID;
CREATE TABLE move (id_number TEXT NOT NULL, since TEXT NOT NULL, until TEXT NOT NULL, address TEXT NOT NULL,
  district TEXT NOT NULL, PRIMARY KEY (id_number, since)) WITHOUT ROWID;
""",
    "employment": """
CREATE TABLE employer (uscc TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE job (
  id_number TEXT PRIMARY KEY, name TEXT NOT NULL, uscc TEXT NOT NULL, since TEXT NOT NULL, ended TEXT,
  contract_until TEXT NOT NULL, paid_from TEXT NOT NULL, gap_every INTEGER,
  synthetic INTEGER NOT NULL DEFAULT 1) WITHOUT ROWID;
""",
    "property": """
CREATE TABLE home (
  id_number TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, address TEXT NOT NULL, since TEXT NOT NULL,
  until TEXT, document_no TEXT NOT NULL, synthetic INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (id_number, document_no)) WITHOUT ROWID;
""",
    "education": """
CREATE TABLE enrolment (
  id_number TEXT PRIMARY KEY, name TEXT NOT NULL, school TEXT NOT NULL, level TEXT NOT NULL,
  since TEXT NOT NULL, until_expected TEXT NOT NULL, continuous INTEGER NOT NULL,
  synthetic INTEGER NOT NULL DEFAULT 1) WITHOUT ROWID;
""",
    "enterprise": """
CREATE TABLE firm (
  uscc TEXT PRIMARY KEY, name TEXT NOT NULL, id_number TEXT NOT NULL, representative TEXT NOT NULL,
  address TEXT NOT NULL, district TEXT NOT NULL, scope TEXT NOT NULL, since TEXT NOT NULL, until TEXT,
  synthetic INTEGER NOT NULL DEFAULT 1) WITHOUT ROWID;
CREATE INDEX firm_of_representative ON firm (id_number, since);
""",
    "kinship": """
CREATE TABLE parentage (
  id_number TEXT NOT NULL, name TEXT NOT NULL, parent_id_number TEXT NOT NULL, parent_name TEXT NOT NULL,
  relation TEXT NOT NULL, synthetic INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (id_number, parent_id_number)) WITHOUT ROWID;
CREATE INDEX parentage_of_parent ON parentage (parent_id_number);
""",
    "cast": """
CREATE TABLE candidate (situation TEXT NOT NULL, ordinal INTEGER NOT NULL, id_number TEXT NOT NULL UNIQUE,
  taken_at TEXT, taken_by TEXT, PRIMARY KEY (situation, ordinal)) WITHOUT ROWID;
CREATE INDEX candidate_free ON candidate (situation, ordinal) WHERE taken_at IS NULL;
CREATE TABLE demo (key TEXT PRIMARY KEY, ordinal INTEGER NOT NULL, situation TEXT NOT NULL,
  id_number TEXT NOT NULL) WITHOUT ROWID;
""",
    "sms": """
CREATE TABLE IF NOT EXISTS message (seq INTEGER PRIMARY KEY AUTOINCREMENT, msg_id TEXT NOT NULL UNIQUE,
  phone TEXT NOT NULL, text TEXT NOT NULL, template TEXT NOT NULL, caller TEXT NOT NULL, at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS message_of_phone ON message (phone, seq);
""",
    "credit": """
CREATE TABLE IF NOT EXISTS entry (seq INTEGER PRIMARY KEY AUTOINCREMENT, entry_id TEXT NOT NULL UNIQUE,
  subject_number TEXT NOT NULL, body TEXT NOT NULL, caller TEXT NOT NULL, at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS entry_of_subject ON entry (subject_number, seq);
""",
    "cards": """
CREATE TABLE IF NOT EXISTS batch (batch_id TEXT PRIMARY KEY, item TEXT NOT NULL, caller TEXT NOT NULL,
  orders TEXT NOT NULL, accepted_at REAL NOT NULL, done_at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS card (seq INTEGER PRIMARY KEY AUTOINCREMENT, order_id TEXT NOT NULL UNIQUE,
  ordered TEXT NOT NULL, serial TEXT UNIQUE, made_at REAL NOT NULL);
""",
    "face": """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS nonce (caller TEXT NOT NULL, nonce TEXT NOT NULL, PRIMARY KEY (caller, nonce)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS session (order_no TEXT PRIMARY KEY, caller TEXT NOT NULL, token TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL, id_number TEXT NOT NULL, notify_url TEXT NOT NULL, return_url TEXT NOT NULL, code TEXT NOT NULL,
  serial TEXT NOT NULL DEFAULT '', liveness REAL NOT NULL DEFAULT 0, similarity REAL NOT NULL DEFAULT 0,
  at TEXT NOT NULL, until TEXT NOT NULL, done_at TEXT NOT NULL DEFAULT '') WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS notice (seq INTEGER PRIMARY KEY, order_no TEXT NOT NULL, headers TEXT NOT NULL,
  body TEXT NOT NULL, at TEXT NOT NULL);
""",
    "ca": """
CREATE TABLE IF NOT EXISTS certificate (serial TEXT PRIMARY KEY, key BLOB NOT NULL UNIQUE, profile TEXT NOT NULL,
  subject BLOB NOT NULL, der BLOB NOT NULL, at TEXT NOT NULL, revoked_at TEXT) WITHOUT ROWID;
""",
}

RECORDS = """
CREATE TABLE IF NOT EXISTS record (id_number TEXT PRIMARY KEY, name TEXT NOT NULL, told TEXT NOT NULL) WITHOUT ROWID;
"""

CALLS = """
CREATE TABLE IF NOT EXISTS call (seq INTEGER PRIMARY KEY, caller TEXT NOT NULL, msg_id TEXT NOT NULL,
  request BLOB NOT NULL, answer TEXT NOT NULL, subject TEXT NOT NULL, fields TEXT NOT NULL,
  purpose TEXT NOT NULL,  at TEXT NOT NULL, UNIQUE (caller, msg_id));
"""


LINES = """
CREATE TABLE IF NOT EXISTS line (phone TEXT PRIMARY KEY, id_number TEXT NOT NULL, at TEXT NOT NULL) WITHOUT ROWID;
"""

FATES = """
CREATE TABLE IF NOT EXISTS fate (uscc TEXT PRIMARY KEY, state TEXT NOT NULL, successors TEXT NOT NULL,
  since TEXT NOT NULL) WITHOUT ROWID;
"""


def building(path: Path, service: str) -> sqlite3.Connection:
    """A fresh file to fill; it is thrown away when the filling fails, so nothing is synced before the end."""
    db = sqlite3.connect(path, isolation_level=None)
    db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;")
    db.executescript(TABLES[service])
    if service == "enterprise":
        db.executescript(FATES)
    db.execute("BEGIN")
    return db


def opened(folder: Path, service: str) -> sqlite3.Connection:
    """A service's file, ready to serve.

    SMS, cards and cast are synced at each commit (an acknowledged order outlives a power cut);
    a register's own call log may lose its last lines in one, its people cannot.
    """
    db = sqlite3.connect(folder / f"{service}.sqlite", isolation_level=None, check_same_thread=False)
    db.row_factory = sqlite3.Row
    register = service in (*REGISTERS, *LATER)
    sync = "NORMAL" if register else "FULL"
    db.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous={sync}; PRAGMA cache_size=-1024;")
    if register:
        db.executescript(CALLS)
        if service in LATER:
            db.executescript(RECORDS)
        if service == "enterprise":
            db.executescript(FATES)
        if service == "population":
            db.executescript(LINES)
    elif service in ("sms", "cards", "credit", "ca", "face"):
        db.executescript(TABLES[service])
    return db
