"""Who may see what: a token identifies a reader (identity), who has a role (policy), which has rights (rights)."""
