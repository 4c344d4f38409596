"""An answer against its oracle: right, or what was seen and which misconception gives the same numbers."""
