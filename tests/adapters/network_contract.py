"""The contract of the adapter `network`, as `test_contract.py` runs it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from zhixing.adapters import Adapter, NetworkInquiry
from zhixing.adapters.testing import (
    AdapterContract,
    MisbehavingServer,
    Request,
    Response,
    Sample,
)

FROZEN = {"frozen": "40000.00", "number": "F1", "rank": 1}


def network(far_side: MisbehavingServer, request: Request) -> Response:
    """The network's wire."""
    if request.method == "POST":
        key, body = request.headers["idempotency-key"], request.json()
        far_side.take(key, body["operation"], body["payload"])
        return Response(202, {"key": key})
    key = unquote(request.path.split("/")[2])
    found = far_side.answers(key)
    if found is None:
        return Response(404, {"error": "no such request"})
    items = [{"id": a.id, "kind": a.kind, "final": a.final, "data": a.data} for a in found]
    return Response(200, {"answers": items})


class TestNetworkInquiry(AdapterContract):
    secrets = ("s3cret-of-the-network",)
    schemas = Path(__file__).parent / "network.schemas.json"
    answers_name_their_request = False
    seconds = 0.2
    samples = {
        "inquire": Sample(
            {"person": "d1"},
            {"found": "12.50", "outstanding": 0},
            {"found": "0", "outstanding": 3},
        ),
        "ask": Sample({"person": "d1", "bank": "icbc"}, {"person": "d1", "found": "12.50"}),
        "inquire_all": Sample(
            {"persons": ["d1", "d2"]},
            {"items": [{"person": "d1", "found": "1.00"}]},
            {"items": [], "outstanding": 2},
        ),
        "freeze": Sample({"person": "d1", "amount": "40000"}, FROZEN),
        "freeze_all": Sample(
            {"items": [{"person": "d1", "amount": "40000"}]},
            {"items": [{"item": 0, "person": "d1", "frozen": "40000.00"}]},
        ),
        "renew": Sample({"number": "F1", "months": 12}, FROZEN),
        "lift": Sample({"number": "F1"}, {"lifted": "40000.00", "frozen": "0.00"}),
        "transfer": Sample(
            {"number": "F1", "amount": "100", "to_account": "court"},
            {"transferred": "100.00", "frozen": "39900.00"},
        ),
        "status": Sample({"number": "F1"}, {**FROZEN, "state": "effective"}),
    }

    @pytest.fixture
    def far_side(self) -> Iterator[MisbehavingServer]:
        with MisbehavingServer(network) as far_side:
            yield far_side

    def make(self, far_side: Any) -> Adapter:
        return NetworkInquiry(far_side.url, self.secrets[0])
