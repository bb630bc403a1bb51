"""The page for legal review, section by section: everything that a definition says, in words."""
