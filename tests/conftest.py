"""What all tests share."""

from hypothesis import settings

# Time is measured in benchmarks; the same examples are drawn in every run.
settings.register_profile("softmodes", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("softmodes")
