"""The user's library of citations: an export of a reference manager as CSL-JSON, BibTeX or RIS."""
