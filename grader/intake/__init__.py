"""The one door: whatever was handed in is opened here, once, and comes out as data."""
