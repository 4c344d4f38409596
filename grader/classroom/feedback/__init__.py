"""What goes back to the students: a page for each, and the files in which the platforms take them."""
