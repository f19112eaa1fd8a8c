"""From records to tables: merging, corrections, annotations, evaluation, comparison and the summary.

May use project, language and core.
"""
