"""Composite indexes after the OECD/JRC Handbook on Constructing Composite Indicators (2008).

Columns of an (units, columns) array of floats are components; NaN is a missing value. Methods work
column by column, so that many rebuilds can lie side by side (see `building`).
"""
