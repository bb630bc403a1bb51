"""The ledger of a court: what came in for each case, where it lies, and where it went."""
