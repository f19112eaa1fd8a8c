"""A PDF becomes text, with the page and the box of every line, and pictures of its pages.

May use core, and language for what ends a sentence and what a heading looks like. Every PDF is hostile: it is read in a
process of its own, within limits.
"""

# Raised by every change that gives papers another text: results of the texts before are then made again.
READING = 2
