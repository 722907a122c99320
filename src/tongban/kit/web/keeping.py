"""Nothing typed is lost: a POST whose session has ended is kept, sealed, in the log-in page itself.

The kept fields travel through the log-in steps as one opaque hidden field and are posted again, by the
resident's own click, once she is back. They are sealed under the column key with a short life, with who wrote them and
in whose name: whoever else logs in at that page sees nothing of it, and nothing is sent in another's name.
"""

from __future__ import annotations

import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping

import msgspec

from tongban.kit import keys
from tongban.kit.errors import Invalid
from tongban.kit.i18n import N_
from tongban.kit.policy import Actor

CONTEXT = b"kept-form"
LIFETIME_SECONDS = 3600
#: What a log-in may carry: the largest body, sealed and in base64 (4/3), beside its own fields.
KEPT_BODY_BYTES = 2_000_000
#: The web floor's own fields are made anew for the new session.
OWN_FIELDS = frozenset({"_csrf"})
_MARK = 9
#: Where in a writer's two marks the person's own ends.
_PERSON = _MARK * 4 // 3
_FOR = b"form-for"
#: Fields that pages carry on unseen: where to go after, what was sealed.
_CARRIED = frozenset({"next", "kept", "step", "proof", "seen", "challenge", "ceremony", "credential", "code"})


def writer(actor: Actor) -> str:
    """By whom, and in whose name, the forms of a page are filled in: two marks that tell nothing else; of a visitor
    none. Every form of ours carries them behind its token, so that they are known when the session is gone."""
    if actor.holder is None:
        return ""
    names = (actor.holder.hex, f"{actor.holder.hex} {actor.id.hex if actor.id else ''}")
    marks = [keys.current().blind_index("form", name)[:_MARK] for name in names]
    return urlsafe_b64encode(b"".join(marks)).decode()


class WrittenFor(msgspec.Struct, frozen=True, array_like=True):
    """In whose name a form was filled in: by which power, as the switch takes it, and the name as the page showed it;
    both empty for oneself."""

    power: str = ""
    name: str = ""


def written_for(actor: Actor) -> str:
    """In whose name the forms of a page are filled in, sealed for who fills them in; empty for oneself."""
    if actor.acting is None or actor.holder is None:
        return ""
    named = msgspec.msgpack.encode(WrittenFor(str(actor.acting.power), actor.name))
    return urlsafe_b64encode(keys.current().seal(named, _FOR + actor.holder.bytes)).decode()


def other_name(token: str, actor: Actor) -> WrittenFor | None:
    """In whose name the form with this token was filled in, where its writer acts in another's by now; None where the
    name is the same or the writer somebody else."""
    _, by, named = [*token.split("."), "", ""][:3]
    now = writer(actor)
    if actor.holder is None or by == now or by[:_PERSON] != now[:_PERSON]:
        return None
    try:
        sealed = urlsafe_b64decode(named)
        opened = keys.current().open(sealed, _FOR + actor.holder.bytes) if sealed else None
        return WrittenFor() if opened is None else msgspec.msgpack.decode(opened, type=WrittenFor)
    except (ValueError, msgspec.DecodeError, keys.SealBroken):
        return None


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """A kept form: when it was posted (seconds of Unix time), who wrote it, and its fields."""

    at: int
    writer: str
    fields: list[tuple[str, str]]

    def written_by(self, actor: Actor) -> bool:
        """Whether it is the actor's own, in the name in which she acts now, or nobody's: a visitor's."""
        return self.writer in ("", writer(actor))

    def same_person(self, actor: Actor) -> bool:
        """Whether she wrote it, in whosever name."""
        return self.writer[:_PERSON] == writer(actor)[:_PERSON]


def keep_fields(fields: Mapping[str, str]) -> str:
    """Seal posted fields into one text field, with who wrote them."""
    kept = [(name, value) for name, value in fields.items() if name not in OWN_FIELDS]
    by = [*fields.get("_csrf", "").split("."), ""][1]
    sealed = keys.current().seal(msgspec.msgpack.encode(Kept(int(time.time()), by, kept)), CONTEXT)
    return urlsafe_b64encode(sealed).decode()


def to_copy(fields: Mapping[str, str]) -> list[tuple[str, str]]:
    """What of a form that was not taken its writer may want to copy, with the names of the fields: not the floor's own
    fields, nothing sealed."""
    return [
        (name, value)
        for name, value in fields.items()
        if value.strip() and not name.startswith("_") and name not in _CARRIED
    ]


def kept_fields(token: str) -> Kept:
    """The form again; raises Invalid when the token is not ours or older than an hour."""
    try:
        kept = msgspec.msgpack.decode(keys.current().open(urlsafe_b64decode(token), CONTEXT), type=Kept)
    except (ValueError, msgspec.DecodeError, keys.SealBroken) as broken:
        raise Invalid("kept-form-broken", N_("保留的内容无法恢复，请重新填写。")) from broken
    if time.time() - kept.at > LIFETIME_SECONDS:
        raise Invalid("kept-form-expired", N_("保留的内容已超过一小时，请重新填写。"))
    return kept
