"""The catalogue room: what the city offers, who tells what, and how it is found.

It owns the schema ``catalogue``. An item is published in versions (:func:`publish`) that never change; a case
pins the one it was filed under (:func:`version`) while guides show the one in force (:func:`current`). A draft
that breaks a rule of the catalogue is refused with every finding. :class:`Source` is the register of who tells
which data elements; exchange and licences put theirs in with :func:`register_source`. :func:`search` finds items
by characters, pinyin, initials, English and what people call them; its terms are computed at publishing.
"""

from tongban.catalogue.actions.composing import CityFileWrong
from tongban.catalogue.actions.loading import findings_of, load
from tongban.catalogue.actions.publishing import publish, register_source
from tongban.catalogue.actions.reading import (
    Expected,
    Listing,
    afterwards,
    current,
    expected_end,
    forget_copies,
    listing,
    must_be_online,
    search,
    sources,
    sources_of,
    version,
)
from tongban.catalogue.model import (
    HELD,
    NEW,
    POLICY,
    Act,
    After,
    Card,
    Clock,
    Filters,
    Finding,
    Hit,
    InspectionPoint,
    ItemVersion,
    JointApplicants,
    Material,
    NoSuchItem,
    NotOnline,
    Numbering,
    Party,
    PublishedMeanwhile,
    PublishingRefused,
    Source,
    SourceUse,
    SpecialProcedure,
    Window,
    lint,
)

__all__ = [
    "HELD",
    "NEW",
    "POLICY",
    "Act",
    "After",
    "Card",
    "CityFileWrong",
    "Clock",
    "Expected",
    "Filters",
    "Finding",
    "Hit",
    "InspectionPoint",
    "ItemVersion",
    "JointApplicants",
    "Listing",
    "Material",
    "NoSuchItem",
    "NotOnline",
    "Numbering",
    "Party",
    "PublishedMeanwhile",
    "PublishingRefused",
    "Source",
    "SourceUse",
    "SpecialProcedure",
    "Window",
    "afterwards",
    "current",
    "expected_end",
    "findings_of",
    "forget_copies",
    "lint",
    "listing",
    "load",
    "must_be_online",
    "publish",
    "register_source",
    "search",
    "sources",
    "sources_of",
    "version",
]
