"""What a teacher reads and hands on: the report, near copies, marks for a learning platform."""
