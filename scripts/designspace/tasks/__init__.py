"""What a model is asked and what its answers mean: prompts, grammars and questions of extraction and discovery.

May use engine, planning, language and core.
"""
