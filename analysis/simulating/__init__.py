"""What a simulation is made of: an agenda, the people of each role, the cases, and the report."""
