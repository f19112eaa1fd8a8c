"""The tables of a page: where they are, their cells, and their text read by rows."""
