"""What a procedure is: definitions, guards, periods of law, checks and pictures.

Pure: no database, network or clock. Everything that a function takes, returns or raises is
importable from here.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import claims, formulas
from .code_catalogue import Code, codes
from .errors import (
    BadDate,
    BadDeduction,
    BadFormulaValue,
    BadLength,
    BeforeDelayRule,
    BeyondDates,
    DataError,
    DateOutsideCalendar,
    EndNotWritten,
    FormulaError,
    GuardError,
    GuardFailed,
    GuardValueMissing,
    NaiveDatetime,
    PeriodError,
    StillDeducted,
    UnknownCalendar,
    UnknownCounting,
    UnknownField,
    UnknownFormula,
    UnknownUnit,
    ZhixingError,
)
from .language import Language, Words
from .law.law import Law, LawRefused, shipped_law
from .loading import (
    DefinitionRefused,
    Resolve,
    definition_from_text,
    inspect,
    layer_over,
    load_definition,
    load_for_comparison,
    procedures_beside,
    stored_definition,
)
from .model.definition import Definition
from .model.field_types import FieldType
from .periods.adjustments import Deduction, Extension
from .periods.calendar_files import calendar_named, load_overlay
from .periods.calendars import Calendar, national_calendar, plain_calendar
from .periods.counting import Counting, TimeUnit
from .periods.parsing import parse_day, parse_deduction, parse_unit
from .periods.period import Due, ExplanationStep, Period
from .sarif import sarif
from .source.findings import Finding
from .source.positions import Position
from .source.yaml_reader import ReadingFailed

if TYPE_CHECKING:
    from .checks.adapters import OperationSchema
    from .drawing import draw_text
    from .foreign.digit import Imported, from_digit
    from .linting import lint, lint_text
    from .review.differences import Difference, differences
    from .review.page.review_page import review_page
    from .review.pictures import (
        RENDERERS,
        Diagram,
        PictureNotDrawn,
        Procedures,
        draw,
        prepare_picture,
    )

__all__ = [
    "RENDERERS",
    "BadDate",
    "BadDeduction",
    "BadFormulaValue",
    "BadLength",
    "BeforeDelayRule",
    "BeyondDates",
    "Calendar",
    "Code",
    "Counting",
    "DataError",
    "DateOutsideCalendar",
    "Deduction",
    "Definition",
    "DefinitionRefused",
    "Diagram",
    "Difference",
    "Due",
    "EndNotWritten",
    "ExplanationStep",
    "Extension",
    "FieldType",
    "Finding",
    "FormulaError",
    "GuardError",
    "GuardFailed",
    "GuardValueMissing",
    "Imported",
    "Language",
    "Law",
    "LawRefused",
    "NaiveDatetime",
    "OperationSchema",
    "Period",
    "PeriodError",
    "PictureNotDrawn",
    "Position",
    "Procedures",
    "ReadingFailed",
    "Resolve",
    "StillDeducted",
    "TimeUnit",
    "UnknownCalendar",
    "UnknownCounting",
    "UnknownField",
    "UnknownFormula",
    "UnknownUnit",
    "Words",
    "ZhixingError",
    "calendar_named",
    "claims",
    "codes",
    "definition_from_text",
    "differences",
    "draw",
    "draw_text",
    "formulas",
    "from_digit",
    "inspect",
    "layer_over",
    "lint",
    "lint_text",
    "load_definition",
    "load_for_comparison",
    "load_overlay",
    "national_calendar",
    "parse_day",
    "parse_deduction",
    "parse_unit",
    "plain_calendar",
    "prepare_picture",
    "procedures_beside",
    "review_page",
    "sarif",
    "shipped_law",
    "stored_definition",
]

_LOADED_WHEN_ASKED = {
    "Diagram": "review.pictures",
    "Difference": "review.differences",
    "Imported": "foreign.digit",
    "OperationSchema": "checks.adapters",
    "PictureNotDrawn": "review.pictures",
    "Procedures": "review.pictures",
    "RENDERERS": "review.pictures",
    "differences": "review.differences",
    "draw": "review.pictures",
    "draw_text": "drawing",
    "from_digit": "foreign.digit",
    "lint": "linting",
    "lint_text": "linting",
    "prepare_picture": "review.pictures",
    "review_page": "review.page.review_page",
}


def __getattr__(name: str) -> Any:
    """What is for review and reports is imported by those who use it."""
    module = _LOADED_WHEN_ASKED.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{module}"), name)
