"""From a folder of submissions to rows of nbgrader's gradebook, and from sources to exercises."""
