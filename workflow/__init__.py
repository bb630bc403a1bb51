"""What a procedure is: definitions, guards, periods of law, checks and pictures. Pure: no database, network or clock."""

from .calendars import Calendar, calendar_named, load_overlay, national_calendar, plain_calendar
from .errors import Language, ZhixingError
from .loading import DefinitionRefused, definition_from_text, examine, load_definition
from .models import Definition
from .periods import Counting, Deduction, Due, Extension, Period, Step, Unit
from .positions import Finding, Position

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
    "Step",
    "Unit",
    "ZhixingError",
    "calendar_named",
    "definition_from_text",
    "examine",
    "load_definition",
    "load_overlay",
    "national_calendar",
    "plain_calendar",
]
