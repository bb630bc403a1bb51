"""What waits in a court, page by page: cases, limits, work, what went wrong."""
