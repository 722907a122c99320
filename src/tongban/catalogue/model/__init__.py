"""Nouns of the catalogue: items in versions, their codes, sources, what publishing checks, what a search finds."""

from tongban.catalogue.model.after import HELD, NEW, Act, After, Window
from tongban.catalogue.model.asking import Guidance, Offered, answers_standing, next_question, result
from tongban.catalogue.model.commitment import Commitment
from tongban.catalogue.model.elements import (
    DataElement,
    Elements,
    ElementUnknown,
    MaterialUnknown,
    expanded,
    form_of,
)
from tongban.catalogue.model.fitting import fitting, narrowed
from tongban.catalogue.model.gate import EXEMPTION_NAMES, Exemption, Refusal, Register, refused
from tongban.catalogue.model.guide import (
    WAY,
    Basis,
    Condition,
    Contact,
    Faq,
    Fee,
    InspectionPoint,
    Mark,
    Material,
    Numbering,
    Place,
    Result,
    Route,
    Situation,
    SpecialProcedure,
    Step,
    Way,
)
from tongban.catalogue.model.item import InPerson, ItemVersion, JointApplicants, Papers, Party
from tongban.catalogue.model.limits import OWN_LIMIT, Clock, ClockProfile
from tongban.catalogue.model.lint import Finding, lint
from tongban.catalogue.model.lint_guided import lint_guided
from tongban.catalogue.model.lint_materials import Known
from tongban.catalogue.model.listing import NO_FILTERS, Card, Facet, Filters, Listed, Theme, facets
from tongban.catalogue.model.questionnaire import (
    ANSWER,
    OWN_WORD,
    Question,
    Questionnaire,
    questionnaire_of,
    with_answers,
)
from tongban.catalogue.model.refusals import (
    NoSuchItem,
    NoSuchQuestionnaire,
    NotOnline,
    PublishedMeanwhile,
    PublishingRefused,
)
from tongban.catalogue.model.rights import POLICY
from tongban.catalogue.model.searching import Hit, Words, cut, terms_of_query
from tongban.catalogue.model.source import Source, SourceKind, SourceState, SourceUse, source_uses
from tongban.catalogue.model.task import Task
from tongban.catalogue.model.together import Needs, Together, together

__all__ = [
    "ANSWER",
    "EXEMPTION_NAMES",
    "HELD",
    "NEW",
    "NO_FILTERS",
    "OWN_LIMIT",
    "OWN_WORD",
    "POLICY",
    "WAY",
    "Act",
    "After",
    "Basis",
    "Card",
    "Clock",
    "ClockProfile",
    "Commitment",
    "Condition",
    "Contact",
    "DataElement",
    "ElementUnknown",
    "Elements",
    "Exemption",
    "Facet",
    "Faq",
    "Fee",
    "Filters",
    "Finding",
    "Guidance",
    "Hit",
    "InPerson",
    "InspectionPoint",
    "ItemVersion",
    "JointApplicants",
    "Known",
    "Listed",
    "Mark",
    "Material",
    "MaterialUnknown",
    "Needs",
    "NoSuchItem",
    "NoSuchQuestionnaire",
    "NotOnline",
    "Numbering",
    "Offered",
    "Papers",
    "Party",
    "Place",
    "PublishedMeanwhile",
    "PublishingRefused",
    "Question",
    "Questionnaire",
    "Refusal",
    "Register",
    "Result",
    "Route",
    "Situation",
    "Source",
    "SourceKind",
    "SourceState",
    "SourceUse",
    "SpecialProcedure",
    "Step",
    "Task",
    "Theme",
    "Together",
    "Way",
    "Window",
    "Words",
    "answers_standing",
    "cut",
    "expanded",
    "facets",
    "fitting",
    "form_of",
    "lint",
    "lint_guided",
    "narrowed",
    "next_question",
    "questionnaire_of",
    "refused",
    "result",
    "source_uses",
    "terms_of_query",
    "together",
    "with_answers",
]
