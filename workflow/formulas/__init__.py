"""The formulas of the law: exact figures of money and days, each telling how it came about.

Pure functions of plain values. Money is a `Decimal` in whole cents, computed exactly and rounded
half up once, at the end. What the law leaves open is a keyword with a default, and is named among
the steps of the result. `FORMULAS` has every formula by name.
"""

from .catalogue import FORMULAS, Formula, formula_named
from .delay_interest import (
    DelayInterest,
    Excluded,
    FirstDay,
    Instalment,
    Payment,
    Segment,
    delay_interest,
    delay_interest_as_credited,
    delay_interest_by_instalments,
)
from .distribution import Claim, DebtorKind, Distribution, Share, distribution
from .explanation import FormulaStep
from .fees import CourtFee, enforcement_fee, enforcement_fee_without_amount, preservation_fee
from .general_interest import (
    DaysOfYear,
    GeneralInterest,
    Per,
    Rate,
    general_interest,
    general_interest_on_what_is_left,
)
from .money import Ties
from .payment_order import Owed, PaymentOrder, payment_order
from .reserves import Reserve, account_reserve, freeze_cap, living_reserve, no_surplus, only_home
from .seizure_queue import (
    PropertyKind,
    QueueAct,
    QueueEvent,
    RenewalFrom,
    Seizure,
    SeizureQueue,
    TermFrom,
    seizure_queue,
)
from .tariff import Bracket, Tariff

__all__ = [
    "FORMULAS",
    "Bracket",
    "Claim",
    "CourtFee",
    "DaysOfYear",
    "DebtorKind",
    "DelayInterest",
    "Distribution",
    "Excluded",
    "FirstDay",
    "Formula",
    "FormulaStep",
    "GeneralInterest",
    "Instalment",
    "Owed",
    "Payment",
    "PaymentOrder",
    "Per",
    "PropertyKind",
    "QueueAct",
    "QueueEvent",
    "Rate",
    "RenewalFrom",
    "Reserve",
    "Segment",
    "Seizure",
    "SeizureQueue",
    "Share",
    "Tariff",
    "TermFrom",
    "Ties",
    "account_reserve",
    "delay_interest",
    "delay_interest_as_credited",
    "delay_interest_by_instalments",
    "distribution",
    "enforcement_fee",
    "enforcement_fee_without_amount",
    "formula_named",
    "freeze_cap",
    "general_interest",
    "general_interest_on_what_is_left",
    "living_reserve",
    "no_surplus",
    "only_home",
    "payment_order",
    "preservation_fee",
    "seizure_queue",
]
