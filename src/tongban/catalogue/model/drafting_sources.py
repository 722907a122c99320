"""What a draft reads of a register that takes a material's place: its questions are filled from there."""

from __future__ import annotations

from copy import deepcopy

import msgspec

from tongban.catalogue.model.item import ItemVersion
from tongban.catalogue.model.lint_materials import Known
from tongban.catalogue.model.source import Source


def with_sources(draft: ItemVersion, before: ItemVersion, sources: Known) -> ItemVersion:
    """The draft with its form filled from each register that a material comes from now and did not in ``before``.

    The questions for what the material proves are filled with what the register tells of it, and so much may be read
    of it (PIPL art. 6). A question that is filled already stays as it is. What is left unread the lint tells.
    """
    form, reads = deepcopy(dict(draft.form)), dict(draft.purpose_fields)
    known = {one.code: one.source for one in before.materials if one.route == "shared"}
    for material in draft.materials:
        source = sources.get(("resource", material.source)) if material.route == "shared" else None
        if source is not None and known.get(material.code) != material.source:
            read = _fill(form, source, material.elements)
            if read:
                reads[source.code] = tuple(dict.fromkeys((*reads.get(source.code, ()), *read)))
    return msgspec.structs.replace(draft, form=form, purpose_fields=reads)


def _fill(form: dict[str, object], source: Source, elements: tuple[str, ...]) -> list[str]:
    """Fill the questions for these elements from the source, in place; gives the fields that are read."""
    telling = {element: field for field, element in source.tells.items() if element in elements}
    read: list[str] = []
    properties = form.get("properties")
    for rule in properties.values() if isinstance(properties, dict) else ():
        screen = rule["x-ui"]
        field = telling.get(screen.get("element", ""))
        if field is not None and "prefill" not in screen:
            screen["prefill"] = {"resource": source.code, "field": field}
            read.append(field)
    return read
