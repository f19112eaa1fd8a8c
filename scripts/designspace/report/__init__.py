"""The report: one HTML page that needs no network, with the tables, the evidence and a form for corrections.

May use results and the rooms below it.
"""
