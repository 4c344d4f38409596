"""A new lesson, made whole: `grader new` writes a small working one, which its author changes into their own."""
