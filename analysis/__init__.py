"""Studies procedures and changes no court's case: logs, replay, conformance, simulation, scenarios."""
