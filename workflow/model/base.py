"""What every part of a definition has: a place in its file, words in two languages, and a legal basis."""

from __future__ import annotations

from functools import cache, cached_property
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    StringConstraints,
    model_validator,
)

from ..language import Language
from ..source.positions import Position, SourceMap
from ..source.yaml_reader import SOURCE

ID_PATTERN = r"^[a-z][a-z0-9_]{0,62}$"
Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
"""An ASCII name in a definition: lower case, digits, underscores."""


def listed(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


Ids = Annotated[tuple[Id, ...], BeforeValidator(listed, json_schema_input_type=Id | tuple[Id, ...])]
"""One id or a list of ids."""

Texts = Annotated[
    tuple[str, ...], BeforeValidator(listed, json_schema_input_type=str | tuple[str, ...])
]

Version = Annotated[
    str, BeforeValidator(lambda value: str(value), json_schema_input_type=int | float | str)
]
"""A version's number: text, also where it was written as a number."""


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
        if not isinstance(value, dict) or SOURCE not in value:
            return handler(value)
        source = value[SOURCE]
        tables = cls._tables()
        result = handler(
            {
                key: _table(item) if key in tables else item
                for key, item in value.items()
                if key != SOURCE
            }
        )
        if isinstance(result, Element):
            result._source = source
        return result

    @classmethod
    @cache
    def _tables(cls) -> frozenset[str]:
        """The fields that hold a mapping from names: their own place is not one of their entries."""
        return frozenset(
            name for name, info in cls.model_fields.items() if "dict[" in str(info.annotation)
        )

    @property
    def at(self) -> Position:
        """Where the element begins."""
        return self._source.at if self._source else Position("<memory>", 1, 1)

    def at_value(self, key: str) -> Position:
        """Where the value of one key stands, or the element itself."""
        return self._source.values.get(key, self.at) if self._source else self.at


def _table(value: Any) -> Any:
    return (
        {key: item for key, item in value.items() if key != SOURCE}
        if isinstance(value, dict)
        else value
    )


class Text(Element):
    """Words for people in Chinese (`zh`) and English (`en`)."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def text(self, lang: Language = "zh") -> str:
        return self.zh if lang == "zh" else self.en


class Basis(Element):
    """A legal basis: the instrument, its number, and the article; `verified` says how sure the citation is."""

    instrument: str
    number: str = ""
    article: str = ""
    verified: Literal["db", "pages", "memory"] = "pages"

    def cite(self) -> str:
        number = f"（{self.number}）" if self.number else ""
        article = (
            f"第{self.article}条" if self.article and self.article[0].isdigit() else self.article
        )
        return f"《{self.instrument}》{number}{article}"


class Described(Element):
    """A part that people see: its title, the law it rests on, and a note for whoever reads the file."""

    title: Text
    basis: Basis | None = None
    note: str = ""
