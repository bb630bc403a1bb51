"""What a procedure is: definitions, guards, periods of law, checks and pictures. Pure: no database, network or clock."""

from .errors import ZhixingError
from .language import Language, Words
from .loading import DefinitionRefused, definition_from_text, inspect, load_definition
from .model.definition import Definition
from .periods.adjustments import Deduction, Extension
from .periods.calendar_files import calendar_named, load_overlay
from .periods.calendars import Calendar, national_calendar, plain_calendar
from .periods.counting import Counting, TimeUnit
from .periods.period import Due, ExplanationStep, Period
from .source.findings import Finding
from .source.positions import Position

__all__ = [
    "Calendar",
    "Counting",
    "Deduction",
    "Definition",
    "DefinitionRefused",
    "Due",
    "Extension",
    "Finding",
    "Language",
    "Period",
    "Position",
    "ExplanationStep",
    "TimeUnit",
    "Words",
    "ZhixingError",
    "calendar_named",
    "definition_from_text",
    "inspect",
    "load_definition",
    "load_overlay",
    "national_calendar",
    "plain_calendar",
]
