"""What the dashboard computes: metrics over selections of advertising facts. Pure: no Dash, no files, no clock."""
