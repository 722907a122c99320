"""Check characters of Chinese identifiers, as pure functions."""

ID_CHECK = "10X98765432"
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def id_check(first17: str) -> str:
    """Check character of a citizen's number, from its first 17 digits (GB 11643, ISO 7064 MOD 11-2)."""
    return ID_CHECK[sum(int(c) * pow(2, 17 - i, 11) for i, c in enumerate(first17)) % 11]


def id_is_valid(number: str) -> bool:
    """Whether 18 characters carry the right check character; area and date are not looked at."""
    return (
        len(number) == 18
        and number[:17].isascii()
        and number[:17].isdigit()
        and id_check(number[:17]) == number[17]
    )


def organisation_check(first8: str) -> str:
    """Check character of an organisation code, from its first eight characters (GB 11714)."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(w * int(c, 36) for w, c in zip(weights, first8, strict=True))
    return "0123456789X0"[11 - total % 11]


def uscc_check(first17: str) -> str:
    """Check character of a unified social credit code, from its first 17 characters (GB 32100)."""
    total = sum(USCC_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(first17))
    return USCC_ALPHABET[(31 - total % 31) % 31]


def firm_code(area: str, organisation: int) -> str:
    """A valid code of a firm registered at `area` (6 digits) with an eight-digit organisation number."""
    body = f"MA{organisation:06d}"
    first17 = f"91{area}{body}{organisation_check(body)}"
    return first17 + uscc_check(first17)
