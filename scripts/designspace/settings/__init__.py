"""The configuration and the parameter library of a run, checked before any job starts.

May use every other room, since it checks what each of them reads.
"""
