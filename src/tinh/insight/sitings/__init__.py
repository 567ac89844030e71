"""Sitings: which places to open so that most people are reached for the money, with a proven gap."""
