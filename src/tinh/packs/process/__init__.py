"""Processes (BPMN 2.0) and decision tables (DMN) as packs declare them: read, linted, frozen."""
