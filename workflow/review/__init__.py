"""A definition shown to people: differences, pages, pictures, schemas for editors."""
