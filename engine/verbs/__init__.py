"""What can be done with an engine: changes of cases, questions, versions; written once for both
engines."""
