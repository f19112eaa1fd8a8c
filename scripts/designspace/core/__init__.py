"""Files, locks, limits, child processes and errors, and the records that the steps of the workflow exchange.

Knows nothing of papers, models or tables, and uses no other room.
"""
