"""Who may do what beside the cases: the organisation, its deputies, its powers; refusals kept."""
