"""What may be kept as a scanned paper: known kinds, told by their first bytes, and not too large."""

from __future__ import annotations

MOST_BYTES = 5 * 1024 * 1024
BEGINNINGS = (
    (b"%PDF-", "application/pdf", "pdf"),
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
)


def kind_of(content: bytes) -> tuple[str, str]:
    """Return content type and suffix by the file's own beginning; empty when it is of no known kind.

    What the sender calls the file is not believed.

    >>> kind_of(b"%PDF-1.7"), kind_of(b"<html>")
    (('application/pdf', 'pdf'), ('', ''))
    """
    for beginning, content_type, suffix in BEGINNINGS:
        if content.startswith(beginning):
            return content_type, suffix
    return "", ""


def paper_problem(content: bytes) -> str:
    """Return the code of what is wrong with a scanned paper; empty when nothing is.

    >>> paper_problem(b""), paper_problem(b"MZ")
    ('paper_kind', 'paper_kind')
    """
    if len(content) > MOST_BYTES:
        return "paper_size"
    return "" if kind_of(content)[0] else "paper_kind"
