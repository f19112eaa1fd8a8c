"""The papers of a folder as files and records: the ledger, and what must be read again.

May use language and core.
"""
