"""The report of a class: whom to help, what to teach again; as a page, as JSON and as CSV."""
