"""Settings of adapters, for all courts and for each: from the environment and from a file.

A variable goes before the file, and what is said for a court before what is said for all: the
court's variables, the court's table in the file, the variables for all, the table for all; each key
by itself. A secret may stand in a file of its own, named by `KEY_FILE` or lying in the folder
`ZHIXING_SECRETS_DIR` under the name of its variable.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate, chain
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, SecretBytes, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsError,
)

from ..workflow.language import Words
from .settings_faults import SettingFault, WrongSettings, missing, unknown, wrong
from .settings_file import SettingsFile, SettingsUnreadable, Steps

FILE_VARIABLE = "ZHIXING_ADAPTERS_FILE"
"""Names the file of settings."""
SECRETS_VARIABLE = "ZHIXING_SECRETS_DIR"
"""Names a folder with a file for each secret, as containers are given them."""
_OF_ADAPTER = re.compile(
    r"(?P<prefix>ZHIXING_(?:COURTS__(?P<court>.+?)__)?ADAPTERS__(?P<adapter>.+?)__)(?P<key>.+)",
    re.IGNORECASE,
)
_CODE = re.compile(r"ZHIXING_COURTS__(?P<court>.+?)__CODE", re.IGNORECASE)
_OURS = re.compile(r"ZHIXING_(COURTS|ADAPTERS)__", re.IGNORECASE)
_ADAPTER, _KEY = Words("适配器", "adapter"), Words("设置", "setting")
_OF_FILE = "_file"
_BY_HAND = "by_hand"

Shape = TypeVar("Shape", bound=BaseModel)


@dataclass(frozen=True)
class _Variable:
    """An environment variable that sets something of an adapter."""

    name: str
    court: str
    adapter: str
    prefix: str
    key: str


@dataclass(frozen=True)
class _Layer:
    """What is said of an adapter for one court, or for all: by variables and in the file."""

    prefix: str
    variables: Mapping[str, str]
    steps: Steps


class AdapterSettings:
    """What the environment of this process, and the file that it names, say of adapters."""

    def __init__(self, file: SettingsFile | None = None) -> None:
        self._file = file or SettingsFile()
        self._variables: defaultdict[tuple[str, str], list[_Variable]] = defaultdict(list)
        for one in _variables(dict(_codes())):
            self._variables[one.court, one.adapter].append(one)

    @classmethod
    def read(cls) -> AdapterSettings:
        """As the environment says now. Raises `SettingsUnreadable`."""
        named = os.environ.get(FILE_VARIABLE)
        folder = os.environ.get(SECRETS_VARIABLE)
        if folder and not Path(folder).is_dir():
            zh, en = f"{SECRETS_VARIABLE} 应为目录", f"{SECRETS_VARIABLE} must be a folder"
            raise SettingsUnreadable(file=folder, why_zh=zh, why_en=en)
        return cls(SettingsFile.read(Path(named)) if named else None)

    def courts(self) -> list[str]:
        """The courts for which something of their own is said."""
        written = self._file.table("courts")
        said = [court for court, _ in self._variables]
        return list(filter(None, dict.fromkeys([*written, *said])))

    def are_given(self, adapter: str, court: str = "") -> bool:
        """Whether anything is said of an adapter, for this court or (without one) for all."""
        layer = self._layer(adapter, court)
        return bool(layer.variables) or self._file.has(*layer.steps)

    def is_by_hand(self, adapter: str, court: str = "") -> bool:
        """Whether people ask in the adapter's place, for this court or (without one) for all.

        `by_hand` stands alone and is true. Raises `WrongSettings`.
        """
        layer = self._layer(adapter, court)
        written = self._file.table(*layer.steps)
        if _BY_HAND not in layer.variables and _BY_HAND not in written:
            return False
        faults = list(self._beside_by_hand(layer, written))
        variable = layer.variables.get(_BY_HAND)
        said = os.environ[variable] if variable is not None else written[_BY_HAND]
        if said is not True and str(said).lower() != "true":
            place = variable or self._file.place(*layer.steps, _BY_HAND)
            zh, en = "只能写 true；有接口的，删去此项", "it is true, or not there at all"
            faults.append(SettingFault("settings-value", place, zh, en))
        if faults:
            raise WrongSettings(faults=faults, adapter=adapter, court=court)
        return True

    def _beside_by_hand(self, layer: _Layer, written: Mapping[str, Any]) -> Iterator[SettingFault]:
        """What is set of an adapter in whose place people ask: it would never be used."""
        in_file = {key: self._file.place(*layer.steps, key) for key in written}
        places = {**in_file, **layer.variables}
        for key in sorted(places.keys() - {_BY_HAND}):
            yield unknown(_KEY, key, places[key], (_BY_HAND,))

    def of(self, adapter: str, shape: type[Shape], court: str = "") -> Shape:
        """The settings of an adapter in its shape. Raises `WrongSettings`, with every fault."""
        layers = [self._layer(adapter, one) for one in dict.fromkeys((court, ""))]
        faults = list(self._strange_keys(shape, layers))
        try:
            settings = _sourced(shape, [list(self._sources(shape, one)) for one in layers])()
        except ValidationError as error:
            found = error.errors(include_url=False, include_input=False)
            faults += [self._fault(shape, layers, one) for one in found]
        except (SettingsError, _NoSecret) as error:
            place = error.place if isinstance(error, _NoSecret) else layers[0].prefix
            words = "无法读取", "it cannot be read"
            faults.append(SettingFault("settings-unreadable", place, *words))
        if faults:
            raise WrongSettings(faults=_once(faults), adapter=adapter, court=court)
        return settings

    def strangers(self, known: Iterable[str]) -> list[SettingFault]:
        """What is said of adapters that nobody knows, and what cannot be about any."""
        names = list(known)
        return [*self._strange_variables(names), *self._strange_tables(names)]

    # -- what is said where

    def _layer(self, adapter: str, court: str) -> _Layer:
        said = self._variables.get((court, _spelled(adapter)), [])
        prefix = said[0].prefix if said else _prefix(adapter, court)
        steps = ("courts", court, "adapters", adapter) if court else ("adapters", adapter)
        return _Layer(prefix, {one.key.lower(): one.name for one in said}, steps)

    def _sources(self, shape: type[BaseModel], layer: _Layer) -> Iterator[_Source]:
        """What says something in one layer, the first that counts first."""
        yield lambda kind: EnvSettingsSource(
            kind, env_prefix=layer.prefix, env_nested_delimiter="__", case_sensitive=False
        )
        pointed = dict(_secrets(shape, _pointers(shape, layer, os.environ)))
        yield lambda kind: InitSettingsSource(kind, init_kwargs=pointed)
        folder = os.environ.get(SECRETS_VARIABLE)
        if folder:
            yield lambda kind: SecretsSettingsSource(
                kind, secrets_dir=folder, env_prefix=layer.prefix, case_sensitive=False
            )
        written, files = self._written(shape, layer)
        yield lambda kind: InitSettingsSource(kind, init_kwargs={**files, **written})

    def _written(
        self, shape: type[BaseModel], layer: _Layer
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """What the file says, and what stands in the files of secrets that it names."""
        written = dict(self._file.table(*layer.steps))
        written.pop(_BY_HAND, None)  # said for the others, of whom this one is none
        named = {f"{key}{_OF_FILE}": key for key in _secret_fields(shape)}
        there = [name for name in named if name in written and name not in shape.model_fields]
        pointers = {
            named[name]: (str(written.pop(name)), self._file.place(*layer.steps, name))
            for name in there
        }
        return written, dict(_secrets(shape, pointers))

    # -- what is wrong

    def _fault(self, shape: type[BaseModel], layers: list[_Layer], error: Any) -> SettingFault:
        steps = tuple(map(str, error["loc"]))
        place = self._place(layers, steps)
        if error["type"] == "missing":
            return missing(place)
        if error["type"] == "extra_forbidden":
            return unknown(_KEY, steps[-1], place, _names(shape) if len(steps) == 1 else ())
        return wrong(place, error["type"], error["msg"])

    def _place(self, layers: list[_Layer], steps: Steps) -> str:
        """Where a setting was said; of one that was not, where it may be."""
        names = set(map(str.lower, accumulate(steps, "{}__{}".format)))
        for layer in layers:
            said = sorted(names & layer.variables.keys())
            if said:
                return layer.variables[said[0]]
            if self._file.has(*layer.steps, *steps[:1]):
                return self._file.place(*layer.steps, *steps)
        variable = layers[0].prefix + "__".join(steps).upper()
        in_file = self._file.name and self._file.place(*layers[0].steps, *steps)
        return " / ".join(filter(None, [variable, in_file]))

    def _strange_keys(self, shape: type[BaseModel], layers: list[_Layer]) -> Iterator[SettingFault]:
        """Variables that set what the adapter has not; in the file pydantic finds them."""
        fields = _names(shape)
        known = {_BY_HAND, *map(str.lower, [*fields, *_file_keys(shape)])}
        said = dict(chain.from_iterable(layer.variables.items() for layer in layers[::-1]))
        for key, name in said.items():
            first = key.partition("__")[0]
            if first not in known:
                yield unknown(_KEY, first, name, fields)

    def _strange_variables(self, names: list[str]) -> Iterator[SettingFault]:
        spelled = set(map(_spelled, names))
        for (_, adapter), said in self._variables.items():
            if adapter not in spelled:
                yield unknown(_ADAPTER, adapter, said[0].name, names)
        read = {*filter(_OF_ADAPTER.fullmatch, os.environ), *filter(_CODE.fullmatch, os.environ)}
        for name in sorted({*filter(_OURS.match, os.environ)} - read):
            words = "应为 …__ADAPTERS__名称__设置", "it must be …__ADAPTERS__NAME__SETTING"
            yield SettingFault("settings-unknown", name, *words)

    def _strange_tables(self, names: list[str]) -> Iterator[SettingFault]:
        yield from self._strange(_KEY, (), ("adapters", "courts"))
        yield from self._strange(_ADAPTER, ("adapters",), names)
        for court in self._file.table("courts"):
            yield from self._strange(_KEY, ("courts", court), ("adapters",))
            yield from self._strange(_ADAPTER, ("courts", court, "adapters"), names)

    def _strange(self, what: Words, above: Steps, known: Iterable[str]) -> Iterator[SettingFault]:
        """Of a table whose entries are tables: entries that nobody knows, and such as are none."""
        for key, value in self._file.table(*above).items():
            place = self._file.place(*above, key)
            if key not in known:
                yield unknown(what, key, place, known)
            elif not isinstance(value, Mapping):
                yield wrong(place, "dict_type", "Input should be a table")


# -- variables


def _codes() -> Iterator[tuple[str, str]]:
    """The codes of courts that no variable can be named after, by what stands in their place."""
    for name, value in os.environ.items():
        found = _CODE.fullmatch(name)
        if found is not None:
            yield found["court"], value


def _variables(codes: Mapping[str, str]) -> Iterator[_Variable]:
    for name in os.environ:
        found = _OF_ADAPTER.fullmatch(name)
        if found is not None:
            written = found["court"] or ""
            court = codes.get(written, written)
            adapter = found["adapter"].lower()
            yield _Variable(name, court, adapter, found["prefix"], found["key"])


def _spelled(adapter: str) -> str:
    """The name of an adapter as variables have it, in small letters."""
    return adapter.lower().replace("-", "_")


def _prefix(adapter: str, court: str) -> str:
    of_court = f"COURTS__{court}__" if court else ""
    return f"ZHIXING_{of_court}ADAPTERS__{_spelled(adapter).upper()}__"


# -- secrets


class _NoSecret(Exception):
    """A file with a secret cannot be read."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place


_Pointers = Mapping[str, tuple[str, str]]
"""Of secrets: the file that each lies in, and the place that names it."""


def _secret_fields(shape: type[BaseModel]) -> list[str]:
    """The settings that are secrets."""
    kinds = {SecretStr, SecretBytes}
    fields = shape.model_fields.items()
    return [name for name, one in fields if kinds & {one.annotation, *get_args(one.annotation)}]


def _file_keys(shape: type[BaseModel]) -> list[str]:
    """The settings that name the file of a secret."""
    return [f"{key}{_OF_FILE}" for key in _secret_fields(shape)]


def _pointers(shape: type[BaseModel], layer: _Layer, environ: Mapping[str, str]) -> _Pointers:
    """The secrets whose files are named by variables."""
    named = {key: layer.variables.get(f"{key}{_OF_FILE}") for key in _secret_fields(shape)}
    return {key: (environ[name], name) for key, name in named.items() if name}


def _secrets(shape: type[BaseModel], pointers: _Pointers) -> Iterator[tuple[str, str]]:
    """The secrets that stand in files; the end of the line is no part of one."""
    for key, (path, place) in pointers.items():
        try:
            yield key, Path(path).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, ValueError):
            raise _NoSecret(place) from None


# -- pydantic


_Source = Any
"""What makes a source of settings for a class of them."""


def _sourced(shape: type[Shape], layers: list[list[_Source]]) -> type[Shape]:
    """A shape that reads itself from sources, the first that counts first."""

    class Sourced(BaseSettings):
        @classmethod
        def settings_customise_sources(
            cls, settings_cls: type[BaseSettings], *_: Any, **__: Any
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return tuple(make(settings_cls) for sources in layers for make in sources)

    return type(shape.__name__, (Sourced, shape), {"__module__": shape.__module__})


def _names(shape: type[BaseModel]) -> list[str]:
    return list(shape.model_fields)


def _once(faults: Iterable[SettingFault]) -> list[SettingFault]:
    return list(dict.fromkeys(faults))
