"""The layout library: elkjs, run inside Python by quickjs.

The engine is started when the first picture is drawn, once in a process, and works on a thread of
its own: any thread may ask. What was laid out once is kept.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import cache, lru_cache
from importlib.resources import files
from threading import Lock
from typing import Any

from ...errors import ZhixingError

MOST_KEPT = 256
"""So many layouts are kept: of every version in use, in both languages."""

MOST_SECONDS = 120
"""A layout that takes longer is given up: a picture of hundreds of states takes less."""

_BEFORE = """
var self = globalThis, $wnd = globalThis, global = globalThis;
var module = {exports: {}}, exports = module.exports, waiting = [];
globalThis.setTimeout = function (work) { return waiting.push(work); };
globalThis.clearTimeout = function () {};
globalThis.console = {log() {}, warn() {}, error() {}};
"""
"""What the library expects of a browser; its timers are a list."""

_AFTER = """
var answers = [], worker = new module.exports.Worker();
worker.onmessage = function (message) { answers.push(message.data); };
function ask(message) {
  worker.postMessage(message);
  while (waiting.length) waiting.shift()();
  return answers.pop();
}
ask({id: 0, cmd: 'register', algorithms: ['layered']});
function layout(text) {
  var answer = ask({id: 1, cmd: 'layout', graph: JSON.parse(text), layoutOptions: {}, options: {}});
  return JSON.stringify(answer);
}
"""


class PictureNotDrawn(ZhixingError):
    """The layout library is missing, or cannot lay a picture out."""

    code = "picture"
    zh, en = (
        "无法绘制 SVG 流程图：{why}。可改用 --format mermaid 或 dot",
        "the SVG picture cannot be drawn: {why}. Use --format mermaid or dot instead",
    )


class _Layout:
    """One graph, laid out when it is first asked for, by whoever asks first."""

    def __init__(self, graph: str) -> None:
        self._graph = graph
        self._placed: dict[str, Any] | None = None
        self._placing = Lock()

    def placed(self) -> dict[str, Any]:
        if self._placed is None:
            with self._placing:
                self._placed = self._placed or _run(self._graph)
        return self._placed


_kept = lru_cache(maxsize=MOST_KEPT)(_Layout)
_asking = Lock()


def laid_out(graph: dict[str, Any]) -> dict[str, Any]:
    """A graph in ELK's JSON with the place of every node, label and bend.

    The same graph is laid out once. Raises `PictureNotDrawn`.
    """
    text = json.dumps(graph, ensure_ascii=False, sort_keys=True)
    with _asking:
        layout = _kept(text)
    return layout.placed()


def _run(graph: str) -> dict[str, Any]:
    """What the library answers. Raises `PictureNotDrawn`."""
    with _asking:
        layout = _engine()
    answer = json.loads(layout(graph))
    if "error" in answer:
        raise PictureNotDrawn(why=f"elkjs: {answer['error']}")
    placed: dict[str, Any] = answer["data"]
    return placed


@cache
def _engine() -> Callable[[str], str]:
    """The library, loaded. Raises `PictureNotDrawn` where its engine is not installed."""
    try:
        import quickjs
    except ImportError:
        raise PictureNotDrawn(why="pip install quickjs-ng") from None
    library = files(__package__).joinpath("elkjs", "elk-worker.min.js").read_text("utf-8")
    function = quickjs.Function("layout", _BEFORE + library + _AFTER, own_executor=True)
    function.set_time_limit(MOST_SECONDS)

    def layout(graph: str) -> str:
        try:
            return str(function(graph))
        except quickjs.JSException as error:  # out of time, or out of room
            raise PictureNotDrawn(why=f"elkjs: {error}") from None

    return layout


if hasattr(os, "register_at_fork"):  # threads do not live on in a child
    os.register_at_fork(after_in_child=_engine.cache_clear)
