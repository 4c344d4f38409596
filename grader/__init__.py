"""Logit Lab: checks that name a learner's wrong idea, and the grading around them."""
