"""Who may do what: people, sessions, tokens of forms, headers, and what was done."""
