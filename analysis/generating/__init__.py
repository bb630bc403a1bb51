"""How scenarios are made: values that suit the conditions, and an author who tries each step."""
