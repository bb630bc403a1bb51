"""A definition put together from its file, the fragments it imports, and the layers laid over it (province, court, one case).

Works on values as they were read, before they become models: each keeps the place it came from, so that a mistake is told in
the file that makes it, and the merged view can say where every value stands.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from .findings import Finding
from .positions import Position, SourceMap
from .yaml_reader import SOURCE, PlainText, ReadingFailed, read_bytes, read_file

IMPORTABLE = (
    "roles",
    "data",
    "documents",
    "phases",
    "groups",
    "approvals",
    "checklists",
    "forms",
    "tables",
    "tasks",
    "accounts",
    "modes",
    "deadlines",
    "grounds",
    "sub_procedures",
    "requests",
)

ADDED_TO = frozenset(
    {"needs", "documents", "not_by_who", "warn", "gates", "steps", "visible_to", "asks"}
)
"""Lists that a layer adds to; every other value of a layer takes the place of the one below."""
REPLACED = frozenset({"basis", "title", "otherwise"})
"""Values that a layer gives as a whole: half of one citation and half of another would be neither."""
MAX_LAYERS = 6
_HEAD = ("overlay", "level", "id", "title", "version", "effective", "basis", "note", "skips")


@dataclass(slots=True)
class Layered:
    """A value ready for the models, and the text it was read from; `below` is what a layer was laid over, at its `level`."""

    value: dict[str, Any]
    text: str
    below: Layered | None = None
    level: str = ""

    @property
    def is_composed(self) -> bool:
        """Whether more than the one file went into it."""
        return self.below is not None or bool(self.value.get("imports"))


def read_layered(path: str | Path, depth: int = 0) -> Layered:
    """Read a definition, or a layer over one, with all that it stands on. Raises `ReadingFailed`."""
    value, text = read_file(path)
    return compose(value, text, Path(path), depth)


def read_layered_bytes(raw: bytes, name: str) -> Layered:
    """As `read_layered`, from bytes that come from no folder: they can neither import nor lie over other files."""
    value, text = read_bytes(raw, name)
    return compose(value, text, None, 0, name)


def compose(value: Any, text: str, path: Path | None, depth: int, name: str = "") -> Layered:
    """What a file's value makes together with the files it names."""
    name = name or str(path)
    if not isinstance(value, dict):
        raise ReadingFailed(
            [
                Finding(
                    Position(name, 1, 1),
                    "shape",
                    "流程定义应为键值表",
                    "a definition is a mapping of keys to values",
                )
            ]
        )
    if path is None:
        _stands_alone(value)
        return Layered(value, text)
    if "overlay" in value:
        return _laid_over(value, text, path, depth)
    if value.get("imports"):
        value = _with_imports(value, path)
    return Layered(value, text)


def _stands_alone(value: dict[str, Any]) -> None:
    """Text without a folder names no other files. Raises `ReadingFailed`."""
    for key in ("overlay", "imports"):
        if value.get(key):
            zh, en = (
                "不在文件夹中的定义不能引用其他文件",
                "a text that is in no folder cannot name other files",
            )
            raise ReadingFailed([Finding(value[SOURCE].values[key], "import-nowhere", zh, en)])


# -- imports


def _with_imports(value: dict[str, Any], path: Path) -> dict[str, Any]:
    result: dict[str, Any] = _copy(value)
    findings: list[Finding] = []
    listed = value["imports"] if isinstance(value["imports"], list) else [value["imports"]]
    for item in listed:
        if isinstance(item, dict) and isinstance(item.get("from"), str):
            findings += _import(result, item, path, (path.resolve(),))
    if findings:
        raise ReadingFailed(findings)
    return result


def _import(
    result: dict[str, Any], item: dict[str, Any], path: Path, chain: tuple[Path, ...]
) -> Iterator[Finding]:
    source: SourceMap = item[SOURCE]
    file = _beside(path, str(item["from"]))
    at = source.values["from"]
    if file.resolve() in chain or len(chain) > MAX_LAYERS:
        yield Finding(
            at,
            "import-cycle",
            f"循环引用 {item['from']}",
            f"{item['from']} imports itself in the end",
        )
        return
    try:
        fragment, _ = read_file(file)
    except ReadingFailed as failed:
        yield from (_seen_from(at, f) for f in failed.findings)
        return
    if not isinstance(fragment, dict) or "fragment" not in fragment:
        yield Finding(
            at,
            "not-a-fragment",
            f"{item['from']} 不是片段文件（缺少 fragment）",
            f"{item['from']} is no fragment (no fragment: NAME)",
        )
        return
    nested = fragment.get("imports") or []
    for inner in nested if isinstance(nested, list) else [nested]:
        if isinstance(inner, dict) and isinstance(inner.get("from"), str):
            yield from _import(fragment, inner, file, (*chain, file.resolve()))
    for table in IMPORTABLE:
        if table in item:
            yield from _take(result, fragment, table, item)


def _seen_from(at: Position, finding: Finding) -> Finding:
    return (
        Finding(at, finding.code, f"{finding.at}: {finding.zh}", f"{finding.at}: {finding.en}")
        if finding.code == "file"
        else finding
    )


def _take(
    result: dict[str, Any], fragment: dict[str, Any], table: str, item: dict[str, Any]
) -> Iterator[Finding]:
    """The entries of one table that an import names, put beside the file's own."""
    at = item[SOURCE].values[table]
    offered = fragment.get(table)
    offered = offered if isinstance(offered, dict) else {SOURCE: SourceMap(at)}
    names = (
        [n for n in offered if n != SOURCE]
        if item[table] == "all"
        else item[table]
        if isinstance(item[table], list)
        else [item[table]]
    )
    mine = result.setdefault(table, {SOURCE: SourceMap(at)})
    if not isinstance(mine, dict):
        return
    for name in names:
        place = name.at if isinstance(name, PlainText) else at
        if not isinstance(name, str):
            yield Finding(place, "shape", "应为名称", "must be a name")
        elif name not in offered:
            close = get_close_matches(str(name), [n for n in offered if n != SOURCE], 1)
            zh, en = (
                (f"；是否指 {close[0]}？", f"; did you mean {close[0]}?") if close else ("", "")
            )
            yield Finding(
                place,
                "unknown-import",
                f"片段的 {table} 中没有 {name}{zh}",
                f"the fragment has no {name} in {table}{en}",
            )
        elif name in mine and mine[name] is not offered[name]:
            yield Finding(
                place, "import-conflict", f"{table} 中已有 {name}", f"{name} is in {table} already"
            )
        else:
            mine[str(name)] = offered[name]
            _point(mine[SOURCE], offered[SOURCE], str(name), at)


# -- layers


def _laid_over(layer: dict[str, Any], text: str, path: Path, depth: int) -> Layered:
    source: SourceMap = layer[SOURCE]
    at = source.values["overlay"]
    if depth >= MAX_LAYERS:
        raise ReadingFailed(
            [
                Finding(
                    at, "import-cycle", "叠加层次过多或循环", "too many layers, or a circle of them"
                )
            ]
        )
    if not isinstance(layer["overlay"], str):
        raise ReadingFailed([Finding(at, "shape", "overlay 应为文件名", "overlay names a file")])
    try:
        below = read_layered(_beside(path, str(layer["overlay"])), depth + 1)
    except ReadingFailed as failed:
        raise ReadingFailed([_seen_from(at, f) for f in failed.findings]) from None
    return lay_over(below, layer, path)


def lay_over(below: Layered, layer: dict[str, Any], path: Path | None = None) -> Layered:
    """One layer (read from `path`) over what lies below it. Raises `ReadingFailed` for what cannot be merged."""
    findings: list[Finding] = []
    if path is None:
        _stands_alone({key: value for key, value in layer.items() if key != "overlay"})
    elif layer.get("imports"):
        layer = _with_imports(layer, path)
    merged = _copy(below.value)
    for key, value in layer.items():
        if key in _HEAD or key in (SOURCE, "imports"):
            continue
        if key == "transitions":
            findings += _transitions(merged, value, layer)
        elif isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = _merge(merged[key], value)
        elif isinstance(value, list) and isinstance(merged.get(key), list):
            merged[key] = [*merged[key], *value]
        else:
            merged[key] = value
            _point(merged[SOURCE], layer[SOURCE], key, layer[SOURCE].at)
    findings += _skip(merged, layer)
    if findings:
        raise ReadingFailed(findings)
    _name(merged, layer)
    return Layered(merged, below.text, below, str(layer.get("level")))


def _name(merged: dict[str, Any], layer: dict[str, Any]) -> None:
    """The merged version says which layers it has; it takes effect with the last of them."""
    merged["version"] = f"{merged.get('version')}+{layer.get('id', '')}.{layer.get('version', '')}"
    _point(merged[SOURCE], layer[SOURCE], "version", layer[SOURCE].at)
    if "effective" in layer and str(layer["effective"]) > str(merged.get("effective", "")):
        merged["effective"] = layer["effective"]
        _point(merged[SOURCE], layer[SOURCE], "effective", layer[SOURCE].at)
    told = {
        key: layer[key]
        for key in ("level", "id", "title", "version", "basis", "note")
        if key in layer
    }
    merged["layers"] = [*merged.get("layers", ()), {SOURCE: layer[SOURCE], **told}]
    merged[SOURCE].keys["layers"] = merged[SOURCE].values["layers"] = layer[SOURCE].at


def _merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """A table or an element with the layer's entries laid over it."""
    merged = {key: value for key, value in below.items() if key != SOURCE}
    source = _copied(below[SOURCE])
    for key, value in above.items():
        if key == SOURCE:
            continue
        present = merged.get(key)
        if isinstance(present, dict) and isinstance(value, dict) and key not in REPLACED:
            merged[key] = _merge(present, value)
            source.values[key] = above[SOURCE].values.get(
                key, above[SOURCE].at
            )  # a fault of the whole is told where it was changed
            continue
        if key in ADDED_TO and present is not None:
            value = _added(present, value)
        elif key == "when" and isinstance(present, str) and isinstance(value, str):
            value = _both(present, value)
        merged[key] = value
        _point(source, above[SOURCE], key, above[SOURCE].at)
    return {SOURCE: source, **merged}


def _added(present: Any, more: Any) -> list[Any]:
    before, after = (v if isinstance(v, list) else [v] for v in (present, more))
    return [*before, *(item for item in after if item not in before)]


def _both(present: str, more: str) -> PlainText:
    both = PlainText(f"({present}) && ({more})")
    both.at = getattr(more, "at", Position("<memory>", 1, 1))
    return both


def _transitions(merged: dict[str, Any], value: Any, layer: dict[str, Any]) -> Iterator[Finding]:
    """`TRIGGER: changes` for every transition of that trigger; a trigger that is new is a whole transition."""
    at = layer[SOURCE].values["transitions"]
    if not isinstance(value, dict):
        yield Finding(
            at,
            "shape",
            "叠加层的 transitions 以动作名为键",
            "a layer's transitions are a mapping from triggers",
        )
        return
    listed = merged.get("transitions")
    if not isinstance(listed, list):
        return
    for trigger, changes in value.items():
        if trigger == SOURCE:
            continue
        if not isinstance(changes, dict):
            yield Finding(value[SOURCE].values[trigger], "shape", "应为键值表", "must be a mapping")
            continue
        same = [
            i for i, t in enumerate(listed) if isinstance(t, dict) and t.get("trigger") == trigger
        ]
        for index in same:
            listed[index] = _merge(listed[index], changes)
        if not same:
            place = value[SOURCE].keys[trigger]
            source = _copied(changes[SOURCE])
            source.keys["trigger"] = source.values["trigger"] = place
            listed.append(
                {
                    SOURCE: source,
                    "trigger": trigger,
                    **{k: v for k, v in changes.items() if k != SOURCE},
                }
            )


def _skip(merged: dict[str, Any], layer: dict[str, Any]) -> Iterator[Finding]:
    """`skips: {NODE: NEXT}`: what led to the node leads to the next one. Statutory nodes cannot be skipped."""
    skips = layer.get("skips")
    if not isinstance(skips, dict):
        return
    states = merged.get("states")
    for node, following in skips.items():
        if node == SOURCE:
            continue
        at = skips[SOURCE].values[node]
        spec = states.get(node) if isinstance(states, dict) else None
        if (
            not isinstance(spec, dict)
            or not isinstance(states, dict)
            or not isinstance(following, str)
            or following not in states
        ):
            yield Finding(
                at,
                "unknown-state",
                f"未知的状态 {node} 或 {following}",
                f"unknown state {node} or {following}",
            )
        elif layer.get("level") != "case":
            yield Finding(
                at,
                "overlay-changes",
                "只有个案再造（level: case）可以跳过节点",
                "only a layer for one case may skip nodes",
            )
        elif spec.get("statutory") or spec.get("closes") or merged.get("initial") == node:
            yield Finding(
                at,
                "statutory-node",
                f"法定节点 {node} 不得跳过",
                f"the statutory node {node} cannot be skipped",
            )
        else:
            for t in merged.get("transitions", ()):
                if isinstance(t, dict) and t.get("to") == node:
                    t["to"] = following
                    t[SOURCE].values["to"] = at


# -- copies and places


def _beside(path: Path, name: str) -> Path:
    return Path(os.path.normpath(path.parent / name))


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _copied(v) if k == SOURCE else _copy(v) for k, v in value.items()}
    return [_copy(v) for v in value] if isinstance(value, list) else value


def _copied(source: SourceMap) -> SourceMap:
    return SourceMap(source.at, dict(source.keys), dict(source.values))


def _point(source: SourceMap, other: SourceMap, key: str, default: Position) -> None:
    """Let a key stand where it stands in another file."""
    source.keys[key], source.values[key] = (
        other.keys.get(key, default),
        other.values.get(key, default),
    )
