"""The citation of a paper: its title, authors, year, journal, DOI and type, read from its first and last pages."""
