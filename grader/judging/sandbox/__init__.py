"""The walls around the learner's process, made of Linux's own parts."""
