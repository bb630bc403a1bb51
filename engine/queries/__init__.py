"""What is shown of cases: views, lists, visibility, pictures. Nothing is changed."""
