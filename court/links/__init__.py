"""How cases hang together: what each is of another, groups that are heard as one, a moved case's
whole history."""
