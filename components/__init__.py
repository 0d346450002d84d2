"""What a page is made of: visuals, figures, the shell, the address codec. Knows metrics, knows no data source."""
