"""A definition put together from its file, its fragments, and the layers laid over it.

A layer is of a province, a court, or one case. Works on values as they were read, before they
become models: each keeps the place it came from, so that a mistake is told in the file that makes
it, and the merged view can say where every value stands.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..language import Words
from .findings import Finding
from .imports import Folder, beside, check_below, root_of, seen_from, with_imports
from .mappings import are, as_list, copied, entries, place_of_value, point, value_of
from .positions import Position, SourceMap
from .yaml_reader import (
    SOURCE,
    Read,
    ReadingFailed,
    not_a_mapping,
    raw_bytes,
    read_bytes,
    read_file,
    refusal,
    refuse_for,
    refuse_unless,
    start_of,
    text_at,
)
from .yaml_writer import to_yaml

ADDED_TO = frozenset(
    {"needs", "documents", "not_by_who", "warn", "gates", "gates_closing", "steps", "visible_to"}
    | {"asks", "takes_back"}
)
"""Lists that a layer adds to; every other value of a layer takes the place of the one below."""
REPLACED = frozenset({"basis", "title", "otherwise"})
"""Values that a layer gives as a whole: half of one citation and half of another is neither."""
MAX_LAYERS = 6
_NOT_LAID = frozenset(
    {
        "overlay",
        "level",
        "id",
        "title",
        "version",
        "effective",
        "basis",
        "note",
        "skips",
        "imports",
    }
)
"""What a layer says of itself, and of other files."""
_TOLD = ("level", "id", "title", "version", "basis", "note")
"""What the merged definition says of each of its layers."""


@dataclass(slots=True)
class Layered:
    """A value ready for the models, and the text it was read from.

    `below` is what a layer was laid over, at its `level`.
    """

    value: dict[str, Any]
    text: str
    below: Layered | None = None
    level: str = ""

    @property
    def is_composed(self) -> bool:
        """Whether more than the one file went into it."""
        return self.below is not None or bool(self.value.get("imports"))

    @property
    def whole_text(self) -> str:
        """The text of the version: the file's own, or that of all it was put together from."""
        if not self.is_composed:
            return self.text
        whole = dict(self.value)
        whole.pop("imports", None)
        return to_yaml(whole)

    @property
    def hash(self) -> str:
        """What the version is told apart by: the hash of its text."""
        return hashlib.sha256(self.whole_text.encode()).hexdigest()


def read_layered(path: str | Path, root: Path | None = None, read: Read = raw_bytes) -> Layered:
    """Read a definition, or a layer over one, with all that it stands on.

    All of it lies below `root`: the folder of the file (for a layer in a folder `layers` the one
    above) where none is given, and is what `read` gives. Raises `ReadingFailed`.
    """
    path = Path(path)
    if root is not None:
        check_below(path, root, start_of(str(path)))
    return _read(path, Folder(root or root_of(path), read), 0)


def _read(path: Path, folder: Folder, depth: int) -> Layered:
    value, text = read_file(path, folder.read)
    _keep_mapping(value, str(path))
    if "overlay" in value:
        return _laid_over(value, path, folder, depth)
    return Layered(with_imports(value, path, folder), text)


def read_layered_bytes(raw: bytes, name: str) -> Layered:
    """As `read_layered`, from bytes that come from no folder.

    They can neither import nor lie over other files.
    """
    value, text = read_bytes(raw, name)
    _keep_mapping(value, name)
    _stands_alone(value, "overlay", "imports")
    return Layered(value, text)


def _keep_mapping(value: Any, name: str) -> None:
    """Raises `ReadingFailed` for a file that cannot be a definition."""
    words = Words("流程定义应为键值表", "a definition is a mapping of keys to values")
    refuse_unless(isinstance(value, dict), start_of(name), "shape", words)


def _stands_alone(value: dict[str, Any], *keys: str) -> None:
    """Text without a folder names no other files. Raises `ReadingFailed`."""
    for key in filter(value.get, keys):
        words = Words(
            "不在文件夹中的定义不能引用其他文件",
            "a text that is in no folder cannot name other files",
        )
        raise refusal(value[SOURCE].values[key], "import-nowhere", words)


def _laid_over(layer: dict[str, Any], path: Path, folder: Folder, depth: int) -> Layered:
    """A layer over the file that it names."""
    at = layer[SOURCE].values["overlay"]
    words = Words("叠加层次过多或循环", "too many layers, or a circle of them")
    refuse_unless(depth < MAX_LAYERS, at, "import-cycle", words)
    words = Words("overlay 应为文件名", "overlay names a file")
    refuse_unless(isinstance(layer["overlay"], str), at, "shape", words)
    try:
        below = _read(beside(path, layer["overlay"], folder.root, at), folder, depth + 1)
    except ReadingFailed as failed:
        raise seen_from(at, failed) from None
    return _merged(below, with_imports(layer, path, folder))


def lay_over(below: Layered, layer: dict[str, Any]) -> Layered:
    """A layer that comes from no folder over what lies below it.

    Raises `ReadingFailed` for what cannot be merged.
    """
    _stands_alone(layer, "imports")
    return _merged(below, layer)


def _merged(below: Layered, layer: dict[str, Any]) -> Layered:
    """One layer over what lies below it. Raises `ReadingFailed` for what cannot be merged."""
    merged = copied(below.value)
    findings = [*_lay_keys(merged, layer), *_skip(merged, layer)]
    refuse_for(findings)
    _name(merged, layer, below.hash)
    return Layered(merged, below.text, below, str(layer.get("level")))


def _lay_keys(merged: dict[str, Any], layer: dict[str, Any]) -> Iterator[Finding]:
    """Everything of a layer but what it says of itself."""
    for key, value in entries(layer):
        if key == "transitions":
            yield from _transitions(merged, value, layer)
        elif key not in _NOT_LAID:
            _lay_key(merged, key, value, layer)


def _lay_key(merged: dict[str, Any], key: str, value: Any, layer: dict[str, Any]) -> None:
    """One key of the whole: tables are merged, lists made longer, all else is replaced."""
    present: Any = merged.get(key)
    if are(dict, present, value):
        merged[key] = _merge(present, value)
    elif are(list, present, value):
        merged[key] = [*present, *value]
    else:
        merged[key] = value
        point(merged[SOURCE], key, layer)


def _name(merged: dict[str, Any], layer: dict[str, Any], over: str) -> None:
    """The merged version says which layers it has; it takes effect with the last of them.

    Each says over which text it was laid.
    """
    source: SourceMap = merged[SOURCE]
    merged["version"] = f"{merged.get('version')}+{layer.get('id', '')}.{layer.get('version', '')}"
    point(source, "version", layer)
    if "effective" in layer and str(layer["effective"]) > str(merged.get("effective", "")):
        merged["effective"] = layer["effective"]
        point(source, "effective", layer)
    told = {key: layer[key] for key in _TOLD if key in layer}
    laid = {SOURCE: layer[SOURCE], **told, "over": over}
    merged["layers"] = [*merged.get("layers", ()), laid]
    source.keys["layers"] = source.values["layers"] = layer[SOURCE].at


def _merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """A table or an element with the layer's entries laid over it."""
    merged = dict(entries(below))
    source = copied(below[SOURCE])
    for key, value in entries(above):
        present: Any = merged.get(key)
        if are(dict, present, value) and key not in REPLACED:
            merged[key] = _merge(present, value)
            # a fault of the whole is told where it was changed
            source.values[key] = place_of_value(above, key)
        else:
            merged[key] = _laid(key, present, value)
            point(source, key, above)
    return {SOURCE: source, **merged}


def _laid(key: str, present: Any, value: Any) -> Any:
    """A single value over the one below: added to it, required beside it, or in its place."""
    if present is None or key not in _COMBINED:
        return value
    return _COMBINED[key](present, value)


def _added(present: Any, more: Any) -> list[Any]:
    """A list with what it does not have yet."""
    before = as_list(present)
    return [*before, *(item for item in as_list(more) if item not in before)]


def _both(present: Any, more: Any) -> Any:
    """Two conditions as one; what is no text is left for the models to refuse."""
    if not are(str, present, more):
        return more
    return text_at(f"({present}) && ({more})", getattr(more, "at", start_of("<memory>")))


_COMBINED = {"when": _both, **dict.fromkeys(ADDED_TO, _added)}
"""How the values of some keys are joined with those below."""


def _transitions(merged: dict[str, Any], value: Any, layer: dict[str, Any]) -> Iterator[Finding]:
    """`TRIGGER: changes` for every transition of the trigger; a new trigger is a new one."""
    if not isinstance(value, dict):
        en = "a layer's transitions are a mapping from triggers: {TRIGGER: {documents: …}}"
        at = layer[SOURCE].values["transitions"]
        yield Finding(
            at,
            "shape",
            "叠加层的 transitions 以动作名为键，如 transitions: {suspend: {documents: …}}",
            en,
        )
        return
    listed = merged.get("transitions")
    if not isinstance(listed, list):
        return
    for trigger, changes in entries(value):
        if isinstance(changes, dict):
            _lay_trigger(listed, trigger, changes, value[SOURCE].keys[trigger])
        else:
            yield not_a_mapping(value[SOURCE].values[trigger])


def _lay_trigger(
    listed: list[Any], trigger: str, changes: dict[str, Any], named_at: Position
) -> None:
    """The changes laid over every transition of a trigger; where it has none, a new one."""
    triggers = [value_of(transition, "trigger") for transition in listed]
    for index, present in enumerate(triggers):
        if present == trigger:
            listed[index] = _merge(listed[index], changes)
    if trigger not in triggers:
        source = copied(changes[SOURCE])
        source.keys["trigger"] = source.values["trigger"] = named_at
        listed.append({SOURCE: source, "trigger": trigger, **dict(entries(changes))})


def _skip(merged: dict[str, Any], layer: dict[str, Any]) -> Iterator[Finding]:
    """`skips: {NODE: NEXT}`: what led to the node leads to the next one."""
    skips = layer.get("skips")
    if not isinstance(skips, dict):
        return
    for node, following in entries(skips):
        at = skips[SOURCE].values[node]
        finding = _cannot_skip(merged, layer, node, following, at)
        if finding is not None:
            yield finding
        else:
            _lead_on(merged, node, following, at)


def _cannot_skip(
    merged: dict[str, Any], layer: dict[str, Any], node: str, following: Any, at: Position
) -> Finding | None:
    """Why a node stays: statutory ones do, and only a layer for one case skips any."""
    states = merged.get("states")
    spec = value_of(states, node)
    if not isinstance(spec, dict) or not _is_state(following, states):
        zh = f"未知的状态 {node} 或 {following}"
        return Finding(at, "unknown-state", zh, f"unknown state {node} or {following}")
    if layer.get("level") != "case":
        zh = "只有个案再造（level: case）可以跳过节点"
        return Finding(at, "overlay-changes", zh, "only a layer for one case may skip nodes")
    is_first = merged.get("initial") == node
    if any((spec.get("statutory"), spec.get("closes"), is_first)):
        zh = f"法定节点 {node} 不得跳过"
        return Finding(at, "statutory-node", zh, f"the statutory node {node} cannot be skipped")
    return None


def _is_state(name: Any, states: Any) -> bool:
    """Whether a layer's word is the name of a state."""
    return isinstance(name, str) and name in states


def _lead_on(merged: dict[str, Any], node: str, following: str, at: Position) -> None:
    """Let every transition to a node lead to the next one."""
    for transition in merged.get("transitions", ()):
        if value_of(transition, "to") == node:
            transition["to"] = following
            transition[SOURCE].values["to"] = at
