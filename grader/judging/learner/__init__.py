"""The learner's process: it runs the learner's cells, and knows nothing of what is asked."""
