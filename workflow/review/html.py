"""Pieces of the pages that are shown to people; what is given as a piece is escaped already."""

from __future__ import annotations

from collections.abc import Iterable

from ..language import Language
from ..source.characters import escaped


def document(lang: Language, title: str, style: str, parts: Iterable[str]) -> str:
    """A whole page that needs nothing beside it."""
    return (
        f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8">'
        f"<title>{escaped(title)}</title><style>{style}</style></head>\n"
        f"<body>{''.join(parts)}</body></html>\n"
    )


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table with its heads (plain words) over rows of pieces."""
    top = "".join(f"<th>{escaped(head)}</th>" for head in heads)
    body = "".join(map(_row, rows))
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _row(cells: Iterable[str]) -> str:
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def listed(items: Iterable[str]) -> str:
    """Pieces as a list; nothing where there are none."""
    found = "".join(f"<li>{item}</li>" for item in items)
    return f"<ul>{found}</ul>" if found else ""
