"""Compiled loops over plain arrays; they know no labels, no files and no options by name."""
