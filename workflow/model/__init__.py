"""What a procedure is made of, as frozen models."""
