"""What the text of a paper says: its sections, sentences and quantities, and which sentence is evidence for a value.

May use core. It needs no model; only its tokenizer counts the tokens that are kept.
"""
