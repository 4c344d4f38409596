"""Marks out of the class: nbgrader's gradebook -> the teacher's Canvas file, Moodle, plain CSV."""
