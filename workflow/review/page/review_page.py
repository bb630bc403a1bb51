"""A definition as one HTML page for legal review, which prints to paper or PDF.

Everything that a definition says stands on it in words: whoever approves a procedure reads no other
file. Ids and expressions stand beside the words, small, for talking to whoever keeps the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from ...language import Language, Words
from ...law.law import Law, shipped_law
from ...model.definition import Definition
from ...source.characters import escaped
from ..differences import differences
from ..html import document, listed
from ..pictures import PictureNotDrawn, draw
from . import around, books, facts, flow, limits, parts
from .naming import Entry, Naming, Section

_STYLE = """
@page{size:A4;margin:16mm 14mm}
body{font-family:'Noto Serif CJK SC','Source Han Serif SC','Songti SC',SimSun,serif;\
max-width:56em;margin:2em auto;padding:0 1em;color:#1f2933;line-height:1.5}
h1{font-size:1.6em} h2{font-size:1.25em;border-bottom:1px solid #829ab1;margin-top:2em;\
break-after:avoid} h3{font-size:1em;margin:1.2em 0 .3em;break-after:avoid}
svg{max-width:100%;height:auto}
table{border-collapse:collapse;width:100%;table-layout:fixed;font-size:.92em}
th,td{border:1px solid #bcccdc;padding:.3em .5em;text-align:left;vertical-align:top;\
overflow-wrap:anywhere}
th{background:#f0f4f8;width:24%;font-weight:600} tr,.entry{break-inside:avoid}
h2+p{break-after:avoid}
b{font-weight:normal;color:#627d98;margin-right:.4em} td ul,nav ol{margin:0;padding-left:1.3em}
.cel{color:#627d98;font-size:.85em}
code{font-size:.9em;overflow-wrap:anywhere} small{color:#829ab1;font:.75em monospace}
nav{columns:2;break-inside:avoid} nav ol{list-style:none;padding:0} a{color:inherit}
@media print{body{margin:0;max-width:none;padding:0;font-size:10.5pt}}
"""
_HOW_TO_READ = (
    Words(
        "本页载明流程定义的全部内容，审查时无须另看其他文件。引号内的是定义中的名称。",
        "This page says everything that the definition says. Names of the definition stand in"
        " quotation marks.",
    ),
    Words(
        "条件先用文字说明，其下的小字是程序据以执行的算式；两者由同一文本生成。",
        "A condition stands in words, with the expression that the program carries out below it;"
        " both come from one text.",
    ),
    Words(
        "条件所问的信息尚未填写、因而不能判断的，视为条件不符合。",
        "A condition that cannot be decided because something is not filled in does not hold.",
    ),
    Words(
        "依据之后注明是否已经核对。名称后的灰色小字是标识，供与管理员核对时使用。",
        "A citation says whether it was checked. The small grey words are ids, for talking to"
        " the administrator.",
    ),
    Words(
        "没有写明可以办理的，不得办理；没有列出的栏目，即为没有规定。",
        "What is not said to be possible is not; a heading that is missing means that nothing is"
        " said.",
    ),
)
_SECTIONS: tuple[Callable[[Naming], Section], ...] = (
    around.whole,
    flow.roles,
    flow.phases,
    flow.groups,
    flow.nodes,
    flow.modes,
    flow.acts,
    parts.powers,
    parts.approvals,
    parts.checklists,
    parts.forms,
    parts.tables,
    limits.limits,
    limits.grounds,
    limits.suspensions,
    parts.tasks,
    facts.data,
    facts.documents,
    books.accounts,
    books.holds,
    books.persons,
    parts.claims,
    around.sub_procedures,
    around.links,
    around.requests,
    around.log,
)
"""The sections in the order of the page; one without entries is left out."""


def review_page(
    definition: Definition,
    lang: Language = "zh",
    previous: Definition | None = None,
    law: Law | None = None,
    others: Iterable[Definition] = (),
) -> str:
    """A self-contained page; with `previous` it begins with what changed.

    What a definition says of the law stands beside what `law`, or the one that is shipped, says on
    the definition's day. `others` are the definitions of related proceedings: without them their
    acts, states and fields go by their ids.
    """
    n = Naming(definition, lang, law or shipped_law(), others)
    first = [_changes(n, previous)] if previous is not None else []
    first.append(_picture(n))
    n.places = dict(_places(_sections(n), len(first) + 1))
    chapters = [*first, *(_section(n, section) for section in _sections(n))]
    titles = [title for title, _ in chapters]
    parts_of_page = [_head(n), _contents(n, titles), *_numbered(chapters)]
    return document(lang, definition.title.text(lang), _STYLE, parts_of_page)


def _sections(n: Naming) -> list[Section]:
    """The sections that have something to say."""
    return [section for tell in _SECTIONS if (section := tell(n)).entries]


def _places(sections: Sequence[Section], first: int) -> Iterator[tuple[tuple[str, str], str]]:
    """The number of every entry, where the sections are numbered from the first on."""
    for number, section in enumerate(sections, first):
        for at, entry in enumerate(section.entries, 1):
            yield (section.key, entry.id), f"{number}.{at}"


Chapter = tuple[str, Callable[[int], str]]
"""A heading, escaped, and what makes what stands below it of its number."""


def _head(n: Naming) -> str:
    """The title, and how the page is to be read."""
    d = n.d
    version = n.say(f"版本 {d.version}", f"version {d.version}")
    since = n.say(f"自 {d.effective} 起施行", f"in effect from {d.effective}")
    line = escaped(f"{version} · {since}")
    return f"<h1>{n.text(d.title)}</h1><p>{line}</p>{listed(map(n.text, _HOW_TO_READ))}"


def _contents(n: Naming, titles: Sequence[str]) -> str:
    """The table of contents."""
    items = "".join(
        f"<li><a href='#s{number}'>{number} {title}</a></li>"
        for number, title in enumerate(titles, 1)
    )
    return f"<h2>{n.say('目录', 'contents')}</h2><nav><ol>{items}</ol></nav>"


def _numbered(chapters: Iterable[Chapter]) -> list[str]:
    """The chapters below their numbered headings."""
    return [
        f"<section><h2 id='s{number}'>{number} {title}</h2>{tell(number)}</section>"
        for number, (title, tell) in enumerate(chapters, 1)
    ]


def _changes(n: Naming, previous: Definition) -> Chapter:
    """What changed since the version before, in sentences."""
    found = differences(previous, n.d)
    heading = n.say("与上一版本的差别", "changes against the previous version")
    items = listed(map(n.text, found))
    return f"{heading} ({len(found)})", lambda number: items


def _picture(n: Naming) -> Chapter:
    """The flow with its sub-procedures; where it cannot be drawn here, why."""
    try:
        drawn = draw(n.d, "svg", n.lang, procedures=n.others.get)
    except PictureNotDrawn as failed:
        drawn = f"<p>{escaped(failed.text(n.lang))}</p>"
    return n.say("流程图", "the flow"), lambda number: drawn


def _section(n: Naming, section: Section) -> Chapter:
    """A section: its entries numbered below it."""

    def tell(number: int) -> str:
        show = _row if section.short else _entry
        entries = enumerate(section.entries, 1)
        told = "".join(show(n, f"{number}.{at}", entry) for at, entry in entries)
        return section.head + (_as_table(told) if section.short else told)

    return n.text(section.title), tell


def _as_table(rows: str) -> str:
    return f"<table><tbody>{rows}</tbody></table>" if rows else ""


def _entry(n: Naming, number: str, entry: Entry) -> str:
    """One entry as a table of two columns; what is not said of it has no row."""
    told = ((n.text(head), shown) for head, shown in entry.pairs if shown)
    rows = "".join(f"<tr><th>{head}</th><td>{shown}</td></tr>" for head, shown in told)
    title = f"<h3>{number} {n.text(entry.title)} {n.id(entry.id)}</h3>"
    return f"<div class='entry'>{title}{_as_table(rows)}</div>"


def _row(n: Naming, number: str, entry: Entry) -> str:
    """One entry as a row: what is said of it, each in a line."""
    told = ((n.text(head), shown) for head, shown in entry.pairs if shown)
    lines = "".join(f"<div><b>{head}</b> {shown}</div>" for head, shown in told)
    title = f"{number} {n.text(entry.title)}<br>{n.id(entry.id)}"
    return f"<tr><th>{title}</th><td>{lines}</td></tr>"
