"""Reading and writing map files and tables, and the page that opens without a network."""
