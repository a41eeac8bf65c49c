"""The length of messages to people: of a termination message, the kubelet keeps the last 4096 bytes."""

from collections.abc import Sequence

MOST_SENTENCE_BYTES = 4000
"""Of a whole sentence, so that its beginning, which identifies it, is never lost."""

_MOST_LIST_BYTES = 1500

_LEFT_OUT = " [...] "


def without_middle(text: str, most_bytes: int) -> str:
    """Return a text in at most so many bytes of UTF-8: its beginning says what happened, and its end what helps."""
    data = text.encode("utf-8", "replace")
    if len(data) <= most_bytes:
        return text
    kept = most_bytes - len(_LEFT_OUT)
    head, tail = data[: kept - kept // 3], data[-(kept // 3) :]
    return f"{head.decode('utf-8', 'ignore')}{_LEFT_OUT}{tail.decode('utf-8', 'ignore')}"


def first_of(items: Sequence[str]) -> str:
    """Return a list in words; of a long one the first, and how many there are besides."""
    shown: list[str] = []
    length = 0
    for item in items:
        length += len(item.encode("utf-8", "replace"))
        if shown and length > _MOST_LIST_BYTES:
            return f"{'; '.join(shown)}; and {len(items) - len(shown)} more"
        shown.append(item)
    return "; ".join(shown)
