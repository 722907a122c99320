"""What is done to licences."""

from tongban.licences.actions.cards import collect_cards, order_card, send_batches
from tongban.licences.actions.change import cancel, expire, for_change, resume, revoke, suspend
from tongban.licences.actions.growing import Founding, many
from tongban.licences.actions.issue import issuing
from tongban.licences.actions.present import (
    Face,
    Founded,
    code_of,
    founded_by,
    held,
    holds,
    library,
    library_page,
    licence_of,
    lookers,
)
from tongban.licences.actions.seals import (
    renew_seal,
    seal_paper,
    sign_for,
    trust_authority,
    trusted,
    verify_paper,
    verify_paper_apart,
)
from tongban.licences.actions.types import licence_type, listed_sources, load, type_name, warm
from tongban.licences.actions.verify import asked_for, verify

__all__ = [
    "Face",
    "Founded",
    "Founding",
    "asked_for",
    "cancel",
    "code_of",
    "collect_cards",
    "expire",
    "for_change",
    "founded_by",
    "held",
    "holds",
    "issuing",
    "library",
    "library_page",
    "licence_of",
    "licence_type",
    "listed_sources",
    "load",
    "lookers",
    "many",
    "order_card",
    "renew_seal",
    "resume",
    "revoke",
    "seal_paper",
    "send_batches",
    "sign_for",
    "suspend",
    "trust_authority",
    "trusted",
    "type_name",
    "verify",
    "verify_paper",
    "verify_paper_apart",
    "warm",
]
