"""What a procedure is: definitions, guards, periods of law, checks and pictures.

Pure: no database, network or clock. Everything that a function takes, returns or raises is
importable from here.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import formulas
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
    definition_from_text,
    inspect,
    layer_over,
    load_definition,
    load_for_comparison,
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
    from .linting import lint
    from .review.differences import Difference, differences
    from .review.page.review_page import review_page
    from .review.pictures import RENDERERS, Diagram, draw

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
    "Language",
    "Law",
    "LawRefused",
    "NaiveDatetime",
    "OperationSchema",
    "Period",
    "PeriodError",
    "Position",
    "ReadingFailed",
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
    "codes",
    "definition_from_text",
    "differences",
    "draw",
    "formulas",
    "inspect",
    "layer_over",
    "lint",
    "load_definition",
    "load_for_comparison",
    "load_overlay",
    "national_calendar",
    "parse_day",
    "parse_deduction",
    "parse_unit",
    "plain_calendar",
    "review_page",
    "sarif",
    "shipped_law",
    "stored_definition",
]

_LOADED_WHEN_ASKED = {
    "Diagram": "review.pictures",
    "Difference": "review.differences",
    "OperationSchema": "checks.adapters",
    "RENDERERS": "review.pictures",
    "differences": "review.differences",
    "draw": "review.pictures",
    "lint": "linting",
    "review_page": "review.page.review_page",
}


def __getattr__(name: str) -> Any:
    """What is for review and reports is imported by those who use it."""
    module = _LOADED_WHEN_ASKED.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{module}"), name)
