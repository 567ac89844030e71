"""Outlooks: how likely a target is to be met by its day, counted over the paths of a forecast."""
