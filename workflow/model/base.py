"""What every part of a definition has: a place in its file, words, and a legal basis."""

from __future__ import annotations

from decimal import Decimal
from functools import cache, cached_property
from itertools import chain
from typing import Annotated, Any, Literal, LiteralString, Self, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from ..language import Language, in_language
from ..source.mappings import entries, has_places
from ..source.positions import Position, SourceMap
from ..source.yaml_reader import SOURCE, start_of

ID_PATTERN = r"^[a-z][a-z0-9_]{0,62}$"
Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
"""An ASCII name in a definition: lower case, digits, underscores."""


FieldName = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}(\.[a-z][a-z0-9_]{0,62})?$")
]
"""A field of the case, or `LIST.FIELD`: that of the record at hand."""


def listed(value: Any) -> Any:
    """What may be written alone, or as a list."""
    return value if isinstance(value, list | tuple) else [value]


Ids = Annotated[tuple[Id, ...], BeforeValidator(listed, json_schema_input_type=Id | tuple[Id, ...])]
"""One id or a list of ids."""

Rows = Annotated[
    tuple[str, ...], BeforeValidator(listed, json_schema_input_type=str | tuple[str, ...])
]
"""One row of the tables of law, or a list of rows."""

FieldNames = Annotated[
    tuple[FieldName, ...],
    BeforeValidator(listed, json_schema_input_type=FieldName | tuple[FieldName, ...]),
]
"""One field or a list of fields."""

Texts = Annotated[
    tuple[str, ...], BeforeValidator(listed, json_schema_input_type=str | tuple[str, ...])
]


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int | Decimal) else value


Version = Annotated[
    str, BeforeValidator(_as_text, json_schema_input_type=int | float | str), Field(min_length=1)
]
"""A version's number: text, also where it was written as a number."""


_NOWHERE = SourceMap(start_of("<memory>"))


def require(is_so: bool, code: str, words: LiteralString) -> None:
    """What a validator asks of a file: where it is not so, that is told in these words."""
    if not is_so:
        raise PydanticCustomError(code, words)


class Element(BaseModel):
    """Part of a definition; `at` is where it stands."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        arbitrary_types_allowed=True,
        ignored_types=(cached_property,),
        defer_build=True,
    )
    _source: SourceMap | None = PrivateAttr(default=None)

    @model_validator(mode="wrap")
    @classmethod
    def _keep_position(cls, value: Any, handler: Any) -> Any:
        """Keep the places that the reader gave; the fields do not see them."""
        if not has_places(value):
            return handler(value)
        fields = dict(value)
        source = fields.pop(SOURCE)
        for key in cls._tables() & fields.keys():
            fields[key] = _without_places(fields[key])
        result: Element = handler(fields)
        result._source = source
        return result

    @classmethod
    @cache
    def _tables(cls) -> frozenset[str]:
        """The fields that map names: their own place is not one of their entries."""
        fields = cls.model_fields
        return frozenset(name for name in fields if is_table_of(fields[name].annotation))

    @property
    def at(self) -> Position:
        """Where the element begins."""
        return self._places.at

    def at_value(self, key: str) -> Position:
        """Where the value of one key stands, or the element itself."""
        return self._places.values.get(key, self._places.at)

    @property
    def is_placed(self) -> bool:
        """Whether it stands somewhere: what nothing is said of but its name has no place."""
        return self._source is not None

    @property
    def _places(self) -> SourceMap:
        return self._source or _NOWHERE

    def placed_at(self, *written: Element) -> Self:
        """The element with the places of those it was made of, the first before the others."""
        for source in filter(None, [element._source for element in reversed(written)]):
            before = self._source or source
            keys, values = before.keys | source.keys, before.values | source.values
            self._source = SourceMap(source.at, keys, values)
        return self


def _without_places(value: Any) -> Any:
    """A table as its field takes it."""
    return dict(entries(value)) if isinstance(value, dict) else value


def plain(value: Any) -> Any:
    """A value without the places that the reader gave, however deep they lie."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in entries(value)}
    return [plain(item) for item in value] if isinstance(value, list) else value


def keys_of(model: type[Element]) -> dict[str, Any]:
    """The keys of a model as a file writes them, with what each holds."""
    fields = model.model_fields.items()
    return {info.alias or name: info.annotation for name, info in fields}


def is_table_of(annotation: Any) -> bool:
    """Whether a field maps names to entries."""
    return "dict[" in str(annotation)


def elements_in(annotation: Any) -> list[type[Element]]:
    """The models that a field holds: itself, in a list, or in a mapping."""
    if isinstance(annotation, type) and issubclass(annotation, Element):
        return [annotation]
    found = map(elements_in, get_args(annotation))
    return list(chain.from_iterable(found))


class Text(Element):
    """Words for people in Chinese (`zh`) and English (`en`); without the English the Chinese stands
    for both."""

    zh: str = Field(min_length=1)
    en: str = Field(default="", min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _chinese_for_both(cls, value: Any) -> Any:
        """A court needs no English."""
        if isinstance(value, dict) and "zh" in value:
            return {"en": value["zh"], **value}
        return value

    def text(self, lang: Language = "zh") -> str:
        return in_language(self, lang)


class Basis(Element):
    """A legal basis: the instrument, its number, and the article.

    `verified` says how sure the citation is.
    """

    instrument: str
    number: str = ""
    article: str = ""
    verified: Literal["db", "pages", "memory"] = "pages"

    def cite(self) -> str:
        """`《民事诉讼法》第85条`; what is no number stands as it is."""
        number = f"（{self.number}）" if self.number else ""
        is_numbered = self.article[:1].isdigit()
        article = f"第{self.article}条" if is_numbered else self.article
        return f"《{self.instrument}》{number}{article}"


class Described(Element):
    """A part that people see: its title, the law it rests on, a note for readers of the file."""

    title: Text
    basis: Basis | None = None
    note: str = ""
