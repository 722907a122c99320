"""Code 128 (ISO/IEC 15417) of a number: for the laser readers of windows, which take no QR code."""

from __future__ import annotations

#: The widths of bar, blank, bar, blank, bar, blank of the values 0–105; the stop has a seventh.
_WIDTHS = (
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222"
    "123122123221223211221132221231213212223112312131311222321122321221312212322112322211212123212321"
    "232121111323131123131321112313132113132311211313231113231311112133112331132131113123113321133121"
    "313121211331231131213113213311213131311123311321331121312113312311332111314111221411431111111224"
    "111422121124121421141122141221112214112412122114122411142112142211241211221114413111241112134111"
    "111242121142121241114212124112124211411212421112421211212141214121412121111143111341131141114113"
    "114311411113411311113141114131311141411131211412211214211232"
)
_STOP = "2331112"
_START_C, _TO_B = 105, 100


def bars(digits: str) -> list[tuple[int, int]]:
    """The black bars of ``digits`` as (place, width) in modules; two digits are one symbol, an odd last one alone."""
    values = [_START_C, *(int(digits[place : place + 2]) for place in range(0, len(digits) - 1, 2))]
    if len(digits) % 2:
        values += [_TO_B, ord(digits[-1]) - 32]
    check = (values[0] + sum(place * value for place, value in enumerate(values))) % 103
    widths = "".join(_WIDTHS[6 * value : 6 * value + 6] for value in [*values, check]) + _STOP
    found, at = [], 0
    for place, width in enumerate(widths):
        if place % 2 == 0:
            found.append((at, int(width)))
        at += int(width)
    return found


def modules(digits: str) -> int:
    """How many modules wide the whole code is, without its quiet zones (10 on either side)."""
    at, width = bars(digits)[-1]
    return at + width
