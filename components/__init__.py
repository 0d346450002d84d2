"""What a page is made of: visuals, figures, the shell, the address codec. It knows metrics but no data source."""
