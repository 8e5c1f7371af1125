"""A reproducible companion to Buchenau (1992)."""
