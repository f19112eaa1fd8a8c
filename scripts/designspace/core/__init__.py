"""Files, locks, limits, child processes, errors, and the records that the steps of the workflow exchange.

It knows neither papers nor models nor tables, and uses no other room.
"""
