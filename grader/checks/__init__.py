"""The checks that learners call, one module for each exercise; the same functions grade."""
