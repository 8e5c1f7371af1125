"""Figures: each draws on given Axes and returns a text that says what it shows."""
