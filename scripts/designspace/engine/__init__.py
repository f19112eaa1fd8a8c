"""Tokens in, tokens out, on a CPU or a GPU: loading, attention, kernels, grammar masks and the generator.

May use core and planning. It knows neither papers nor parameters.
"""
