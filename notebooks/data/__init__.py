"""The data that the lessons use; each module says where its data comes from."""
