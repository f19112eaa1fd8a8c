"""A batch of papers in fresh processes: the driver, the process of a paper, the journal, the fork server.

May use tasks and the rooms below it.
"""

PRELOAD = "designspace.runner.preload"  # what the server of the papers' processes imports
