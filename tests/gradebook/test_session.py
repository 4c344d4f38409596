"""nbgrader's gradebook as it is written: the rows that nbgrader finds, and no more work for a larger class."""

import pytest
from nbgrader.api import Gradebook
from sqlalchemy import event, text

from grader.gradebook.session import one_transaction, open_gradebook

LARGE = ("grade", "comment", "student", "submitted_assignment", "submitted_notebook")


@pytest.fixture
def db_url(tmp_path):
    """Return the address of a gradebook with two exercises of three cells each and two submissions of either."""
    url = f"sqlite:///{tmp_path}/gradebook.db"
    with one_transaction(url) as gradebook:
        for name in ("ex", "other"):
            gradebook.add_assignment(name)
            gradebook.add_notebook(name, name)
            for cell in ("a", "b", "c"):
                gradebook.add_grade_cell(f"test-{cell}", name, name, max_score=2, cell_type="code")
                gradebook.add_solution_cell(cell, name, name)
            for student in ("ada", "bob"):
                gradebook.update_or_create_student(student)
                gradebook.add_submission(name, student)
    return url


def test_grades_and_comments_are_the_ones_that_nbgrader_finds(db_url):
    stock = Gradebook(db_url)
    with one_transaction(db_url) as gradebook:
        for cell in ("a", "b", "c"):
            mine, theirs = (each.find_grade(f"test-{cell}", "ex", "ex", "bob") for each in (gradebook, stock))
            assert mine.id == theirs.id
            mine, theirs = (each.find_comment(cell, "ex", "ex", "bob") for each in (gradebook, stock))
            assert mine.id == theirs.id
    stock.close()


def test_no_statement_reads_the_rows_of_a_whole_class(db_url):
    gradebook, statements = open_gradebook(db_url), []

    def keep(connection, cursor, statement, parameters, context, many):
        statements.append((statement, parameters))

    event.listen(gradebook.engine, "before_cursor_execute", keep)
    with one_transaction(db_url):
        gradebook.update_or_create_student("cyd")
        gradebook.update_or_create_submission("ex", "cyd")
        gradebook.find_grade("test-a", "ex", "ex", "cyd").auto_score = 2.0
        gradebook.find_comment("a", "ex", "ex", "cyd").auto_comment = "No response."
    event.remove(gradebook.engine, "before_cursor_execute", keep)
    assert sum(statement.startswith("UPDATE") for statement, _ in statements) == 2
    with gradebook.engine.connect() as connection:
        for statement, parameters in statements:
            if statement.startswith(("SELECT", "UPDATE")):
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
                scanned = [row.detail for row in plan if row.detail.startswith("SCAN ")]
                assert not [line for line in scanned if line.split()[1] in LARGE], statement


def test_a_transaction_that_stops_leaves_nothing(db_url):
    def stops():
        with one_transaction(db_url) as gradebook:
            gradebook.update_or_create_student("cyd")
            gradebook.db.commit()  # as nbgrader's steps do
            raise RuntimeError

    with pytest.raises(RuntimeError):
        stops()
    with open_gradebook(db_url).engine.connect() as connection:
        assert connection.execute(text("select count(*) from student")).scalar() == 2
