"""Identity papers and codes: check digits, what a number tells, and how it is masked.

公民身份号码 GB 11643-1999 and the other papers of GA/T 2000.156 (:data:`PAPER_KINDS`) · 统一社会信用代码 GB 32100-2015
with its 组织机构代码 GB 11714 · 机动车号牌 GA 36-2018 · mobile numbers · postcodes · names. Pure functions; the lists
in ``data/`` are read once.
"""

from __future__ import annotations

from tongban.kit.papers.areas import AreaDoubt, area_doubt, area_years, province_of
from tongban.kit.papers.citizens import (
    IdFault,
    Sex,
    birth_of,
    eighteen_digits,
    id_check_digit,
    id_number_fault,
    id_number_holds,
    is_fifteen,
    sex_of,
)
from tongban.kit.papers.countries import CHINA, Country, countries, country_named
from tongban.kit.papers.kinds import (
    CITIZEN,
    FIRM,
    HK_MACAO_PERMIT,
    NUMBERED_AS_CITIZENS,
    PAPER_KINDS,
    PASSPORT,
    PERMANENT_RESIDENCE,
    RESIDENT_OF_HK_MACAO_TAIWAN,
    TAIWAN_PERMIT,
    Paper,
    PaperKind,
    Told,
    cn_passport_holds,
    foreign_residence_holds,
    hk_macao_permit_holds,
    identity_paper_holds,
    mask_paper,
    paper_shown_by,
    passport_holds,
    taiwan_permit_holds,
)
from tongban.kit.papers.masks import is_latin, mask_id, mask_name, mask_phone, masked, surname
from tongban.kit.papers.names import Unlike, code_of, composed, is_han, private, skeleton, stranger, unlike
from tongban.kit.papers.organisations import (
    firm_code,
    organisation_check_digit,
    uscc_check_digit,
    uscc_holds,
    uscc_shaped,
)
from tongban.kit.papers.shapes import name_holds, phone_holds, plate_holds, postcode_holds

__all__ = [
    "CHINA",
    "CITIZEN",
    "FIRM",
    "HK_MACAO_PERMIT",
    "NUMBERED_AS_CITIZENS",
    "PAPER_KINDS",
    "PASSPORT",
    "PERMANENT_RESIDENCE",
    "RESIDENT_OF_HK_MACAO_TAIWAN",
    "TAIWAN_PERMIT",
    "AreaDoubt",
    "Country",
    "IdFault",
    "Paper",
    "PaperKind",
    "Sex",
    "Told",
    "Unlike",
    "area_doubt",
    "area_years",
    "birth_of",
    "cn_passport_holds",
    "code_of",
    "composed",
    "countries",
    "country_named",
    "eighteen_digits",
    "firm_code",
    "foreign_residence_holds",
    "hk_macao_permit_holds",
    "id_check_digit",
    "id_number_fault",
    "id_number_holds",
    "identity_paper_holds",
    "is_fifteen",
    "is_han",
    "is_latin",
    "mask_id",
    "mask_name",
    "mask_paper",
    "mask_phone",
    "masked",
    "name_holds",
    "organisation_check_digit",
    "paper_shown_by",
    "passport_holds",
    "phone_holds",
    "plate_holds",
    "postcode_holds",
    "private",
    "province_of",
    "sex_of",
    "skeleton",
    "stranger",
    "surname",
    "taiwan_permit_holds",
    "unlike",
    "uscc_check_digit",
    "uscc_holds",
    "uscc_shaped",
]
