"""Threads in public: who answers whom, what the brand says itself, what is only passed on.

Column names and words are data: columns.toml, wording.toml and presets.toml beside the code.
"""
