"""Who may see what: token -> reader (identity), reader -> role (policy), role -> what is shown (rights)."""
