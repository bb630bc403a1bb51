"""The worlds by the name of their adapter; each is loaded when it is asked for."""

from __future__ import annotations

from importlib import import_module

from ...workflow.errors import ZhixingError
from .world import World

WORLDS = {
    "network": "network:NetworkWorld",
    "case_funds": "case_funds:CaseFundsWorld",
    "real_estate": "registers:RealEstateWorld",
    "vehicles": "registers:VehicleWorld",
    "companies": "registers:CompanyWorld",
    "securities": "registers:SecuritiesWorld",
    "lists": "lists:ListsWorld",
    "partners": "partners:PartnersWorld",
    "auction": "auction:AuctionWorld",
    "valuation": "valuation:ValuationWorld",
    "electronic_service": "service:ElectronicWorld",
    "sms": "service:SmsWorld",
    "post": "service:PostWorld",
    "police": "police:PoliceWorld",
    "trial_system": "court_systems:TrialWorld",
    "e_file": "court_systems:FileWorld",
    "publication": "court_systems:PublicationWorld",
    "archive": "court_systems:ArchiveWorld",
    "node_upload": "node_upload:NodeWorld",
}
"""Where each world is: module and class in `worlds`."""


class UnknownSimulator(ZhixingError):
    """There is no simulator of this name."""

    code = "simulator-unknown"
    zh, en = (
        "没有模拟系统 {name}；可用：{known}",
        "there is no simulator {name}; known: {known}",
    )


def world_named(name: str) -> type[World]:
    """The world of an adapter. Raises `UnknownSimulator`."""
    place = WORLDS.get(name)
    if place is None:
        raise UnknownSimulator(name=name, known=", ".join(WORLDS))
    module, _, kind = place.partition(":")
    found: type[World] = getattr(import_module(f"{__package__}.worlds.{module}"), kind)
    return found
