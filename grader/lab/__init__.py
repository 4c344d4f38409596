"""Starting, looking after and extending the course: JupyterLab, the doctor, the tests, new lessons."""
