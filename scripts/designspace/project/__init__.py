"""The papers of a folder as files and records: the ledger, the library of citations, supplements and versions.

May use language and core.
"""
