"""What procedures there are and what an act asks for, so that a host can build its pages."""
