"""Anomalies: series → what is unusual in them, and why."""
