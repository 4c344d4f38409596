"""From a submission's bytes to a result: prepare the notebook, execute it, read the verdicts."""
