"""A PDF becomes text, with the page and the box of every line, and pictures of its pages.

May use core. Every PDF is hostile: it is read in a process of its own, within limits.
"""
