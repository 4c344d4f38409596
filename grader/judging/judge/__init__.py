"""The judge's process: it runs the tests, with proxies in place of the learner's names."""
