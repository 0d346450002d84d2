"""From a console's export to the table: files of advertising platforms, warehouse tables and the shop's days."""
