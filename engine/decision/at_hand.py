"""The record at hand: while an act about one record is decided, the record's fields are in the
case's data under `LIST.FIELD`, where conditions, forms and limits find them as they find any other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...workflow.model.records import ID, Record
from ..model.case import CaseState

Data = Mapping[str, Any]


def records_in(data: Data, name: str) -> Sequence[Record]:
    """The records of a list; none where nobody has written any."""
    return data.get(name) or ()


def id_at_hand(data: Data, name: str) -> str | None:
    """The id of the record of a list that is at hand; None where none is."""
    return data.get(f"{name}.{ID}")


def ids_concerned(data: Data, name: str | None) -> list[str]:
    """The records of a list that something is about: the one at hand, or all; what is about no
    list is there once, about none."""
    if name is None:
        return [""]
    at_hand = id_at_hand(data, name)
    return [at_hand] if at_hand is not None else [record[ID] for record in records_in(data, name)]


def concerns(data: Data, name: str | None, about: str) -> bool:
    """Whether something about a record of a list is concerned: the record is at hand, or none."""
    at_hand = id_at_hand(data, name) if name is not None else None
    return at_hand is None or at_hand == about


def with_record(data: Data, name: str, record: Record) -> dict[str, Any]:
    """The data of a case with one record of a list at hand."""
    own = {f"{name}.{field}": value for field, value in record.items()}
    return {**without_record(data), **own}


def without_record(data: Data) -> dict[str, Any]:
    """The data of a case with no record at hand."""
    return {key: value for key, value in data.items() if "." not in key}


def data_about(data: Data, name: str | None, about: str) -> Data:
    """The data of a case as a rule about one record of a list sees it."""
    if name is None or id_at_hand(data, name) == about:
        return data
    record = next((r for r in records_in(data, name) if r[ID] == about), {ID: about})
    return with_record(data, name, record)


Kinds = Mapping[str, frozenset[str]]
"""The kinds of document that each record of a list has its own of."""


def hold(case: CaseState, name: str, record: Record, kinds_of: Kinds) -> None:
    """Take a record in hand: its fields, what was stated of it, its own documents."""
    of_it, kinds = f"@{record[ID]}", kinds_of[name]
    case.data = with_record(case.data, name, record)
    case.stated = case.stated | {
        said.removesuffix(of_it)
        for said in case.stated
        if said.startswith(f"{name}.") and said.endswith(of_it)
    }
    own = {kind: case.documents[kind + of_it] for kind in kinds if kind + of_it in case.documents}
    case.documents = {k: v for k, v in case.documents.items() if k not in kinds} | own


def put_back(case: CaseState, kinds_of: Kinds) -> None:
    """Put the record at hand, if there is one, back into its list as it was left."""
    name = next((name for name in kinds_of if f"{name}.{ID}" in case.data), None)
    if name is None:
        return
    of_it, kinds = f"@{case.data[f'{name}.{ID}']}", kinds_of[name]
    record = {k.partition(".")[2]: v for k, v in case.data.items() if k.startswith(f"{name}.")}
    plain = without_record(case.data)
    case.data = {**plain, name: _with(records_in(plain, name), record)}
    said = set(filter(_is_at_hand, case.stated))
    kept = {s for s in case.stated - said if not _is_of(s, name, of_it)}
    case.stated = frozenset(kept | {s + of_it for s in said})
    case.documents = {k + of_it if k in kinds else k: v for k, v in case.documents.items()}


def _is_at_hand(said: str) -> bool:
    """Whether something was stated of the record at hand."""
    return "." in said and "@" not in said


def _is_of(said: str, name: str, of_it: str) -> bool:
    """Whether something was stated of a record."""
    return said.startswith(f"{name}.") and said.endswith(of_it)


def _with(records: Sequence[Record], record: Record) -> list[Record]:
    """A list with a record in its place, or at its end."""
    listed = list(records)
    ids = [r[ID] for r in listed]
    if record[ID] in ids:
        listed[ids.index(record[ID])] = record
    else:
        listed.append(record)
    return listed
