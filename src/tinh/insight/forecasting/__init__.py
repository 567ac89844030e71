"""Forecasts whose intervals keep their word: series in, means, intervals and sample paths out."""
