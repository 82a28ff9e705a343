"""The demographer's toolbox: numbers in, numbers out.

Every function here takes and returns plain numpy arrays (age is the last axis) and knows no labels:
no xarray, no pandas, no files. Each states its formula, its source and a published number.
"""
