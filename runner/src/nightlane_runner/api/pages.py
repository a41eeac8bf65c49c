"""Reads a list in pages: in a namespace of hundreds of pods no single answer would be small enough."""

from collections.abc import Mapping

from nightlane_runner.api.answer import of_kind
from nightlane_runner.api.client import Api
from nightlane_runner.api.errors import ApiRefused, ApiUnknown, NotPermitted
from nightlane_runner.json_tree import JsonObject, object_at, objects_at, text_at

PAGE = 100
"""Objects per request. A pod has some 10 KB, so a page has about 1 MB."""

MOST_PAGES = 100
"""Pages of one list: a list whose every page names a further one must end, too."""

MOST_LIST_BYTES = 12 * 1024 * 1024
"""Of all pages of one list: about a thousand pods. Memory is limited."""

_GONE = 410


def listed(api: Api, kind: str, path: str, query: Mapping[str, str]) -> list[JsonObject]:
    """Return the objects of a list of a kind, all its pages together.

    Raises:
        ApiUnknown: there is no answer or none of that kind, the server has forgotten by then what the list was when
            it began, or it has more pages or bytes than any list that a runner asks for. NotPermitted: it may not be
            read.

    """
    found: list[JsonObject] = []
    onward, before = "", api.received
    for _ in range(MOST_PAGES):
        answer = _page(api, kind, path, {**query, "limit": str(PAGE), **({"continue": onward} if onward else {})})
        found += [_without_managers(item) for item in objects_at(answer, "items")]
        onward = text_at(answer, "metadata", "continue")
        if not onward:
            return found
        if api.received - before > MOST_LIST_BYTES:
            break
    raise ApiUnknown(
        f"the list of {path} goes on after {len(found)} objects of {(api.received - before) / 1024**2:.0f} MiB; have "
        "what is left there removed, or what answers in the API server's place checked"
    )


def _page(api: Api, kind: str, path: str, query: Mapping[str, str]) -> JsonObject:
    try:
        return of_kind(kind, api.get(path, query))
    except ApiRefused as error:
        if error.status == _GONE:
            raise ApiUnknown(f"the list of {path} was not read in time: {error.message}") from error
        raise NotPermitted(error.message) from error


def _without_managers(item: JsonObject) -> JsonObject:
    """Leave out the managed fields, which are half of an object and never read here."""
    object_at(item, "metadata").pop("managedFields", None)
    return item
