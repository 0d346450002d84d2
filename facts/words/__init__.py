"""What platforms, devices, countries and columns are called elsewhere: one vocabulary for files and warehouses."""
