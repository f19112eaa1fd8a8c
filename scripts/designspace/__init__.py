"""The library behind the workflow: from the PDF of a paper to tables of its parameters, each value with its evidence.

Its rooms are named after what they are about, and imports go one way (the contracts in pyproject.toml): settings ->
report -> results -> project, and runner -> tasks -> engine -> planning, then language and parsing, then core. Nothing
here knows Snakemake; the programs in scripts/ call the library.
"""

__version__ = "0.1.0"  # CITATION.cff and CHANGELOG.md have the same
