"""The OpenAPI document of the public API: what the routes' types say, what the floor does around them, and words.

A route that says ``include_in_schema=True`` is in it. Beside it, in its room's ``api.yaml``, stand the words of
its operation and of its records in both languages, the refusals of its own, and an example. In its decorator:
``takes`` (the type of the JSON body), ``matched`` (it asks for If-Match), ``tagged`` (it gives an ETag), ``located``
(it gives a Location), ``also`` (a second status of success), ``answered`` (the status, where it is not the handler's).
What takes a file says in which ``media`` types; ``asks`` and ``answers`` name headers of its own, ``told_by`` a
function of the room whose words tell of it, where the handler is another's.
"""

from tongban.kit.web.described.document import document
from tongban.kit.web.described.operations import COMMON, Operation, operations_of
from tongban.kit.web.described.words import Example, OperationWords, RoomWords, words_of

__all__ = [
    "COMMON",
    "Example",
    "Operation",
    "OperationWords",
    "RoomWords",
    "document",
    "operations_of",
    "words_of",
]
