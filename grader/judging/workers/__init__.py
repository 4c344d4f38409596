"""Processes kept warm for judging, on this machine or on a Dask cluster."""
