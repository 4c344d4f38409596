"""What platforms and people hand over is taken as it comes: whose each notebook is, and which one is the exercise."""

import contextlib
import random
import struct
import zipfile
from contextlib import closing

import pytest
from conftest import ROOT, SAMPLES

from grader.base.errors import CannotGoOn
from grader.intake import archive
from grader.intake.handed_in import open_class
from grader.intake.layouts import Entry, layout_of
from grader.intake.notebook_names import without_exercise
from grader.intake.reader import Reader
from grader.intake.submissions import take

NAME = "01-activations"
RIGHT = (SAMPLES / "all-right" / NAME / f"{NAME}.ipynb").read_bytes()
pytestmark = pytest.mark.quick


def put(folder, *paths):
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(RIGHT if path.endswith(".ipynb") else b"x")
    return folder


def zipped(path, *members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for member in members:
            file.writestr(member, RIGHT if str(member).endswith(".ipynb") else b"x")
    return path


def found(given):
    """Return the file that is graded of each student, "" for none."""
    with open_class(given, NAME) as handed_in:
        return {
            student.name: "/".join(student.way(NAME)) if student.has_notebook and not student.problem else ""
            for student in handed_in.students
        }


# by layout: what lies there, and the file that is graded of each student
LAYOUTS = {
    "nbgrader": (
        [f"anna/{NAME}/{NAME}.ipynb", f"ben/{NAME}/{NAME}.ipynb", "cy/02-logits/02-logits.ipynb"],
        {"anna": f"anna/{NAME}/{NAME}.ipynb", "ben": f"ben/{NAME}/{NAME}.ipynb", "cy": ""},
    ),
    "Canvas": (
        [
            "abelanna_12345_67890_01-activations.ipynb",
            "bakerben_LATE_12346_67891_01-activations-2.ipynb",
            "coxcy_12347_67892_My homework.ipynb",
            "doedi_12348_67893_01-activations.ipynb",
            "doedi_12348_67899_01-activations-1.ipynb",
            "eveeve_12349_67894_homework.pdf",
            "van_der_fay_12350_67895_01_activations.ipynb",
            "gilgil_12351_text.html",
            "hanna_LATE_12352_link.html",
        ],
        {
            "abelanna_12345": "abelanna_12345_67890_01-activations.ipynb",
            "bakerben_12346": "bakerben_LATE_12346_67891_01-activations-2.ipynb",
            "coxcy_12347": "coxcy_12347_67892_My homework.ipynb",
            "doedi_12348": "doedi_12348_67899_01-activations-1.ipynb",
            "eveeve_12349": "",
            "van_der_fay_12350": "van_der_fay_12350_67895_01_activations.ipynb",
            "gilgil_12351": "",
            "hanna_12352": "",
        },
    ),
    "Canvas where marking is anonymous": (
        ["anon_aB3xQ_67890_01_activations.ipynb", "LATE_anon_9Zk2p_67891_x.ipynb", "anon_77777_text.html"],
        {
            "anon_aB3xQ": "anon_aB3xQ_67890_01_activations.ipynb",
            "anon_9Zk2p": "LATE_anon_9Zk2p_67891_x.ipynb",
            "anon_77777": "",
        },
    ),
    "Blackboard": (
        [
            "First work_2_anna_attempt_2026-11-20-17-05-33_01-activations.ipynb",
            "First work_2_anna_attempt_2026-11-21-17-05-33_01-activations (1).ipynb",
            "First work_2_anna_attempt_2026-11-21-17-05-33.txt",
            "First work_2_b_ben_attempt_2026-11-20-17-05-34_work.ipynb",
            "First work_2_cy_attempt_2026-11-20-17-05-35.txt",
        ],
        {
            "anna": "First work_2_anna_attempt_2026-11-21-17-05-33_01-activations (1).ipynb",
            "b_ben": "First work_2_b_ben_attempt_2026-11-20-17-05-34_work.ipynb",
            "cy": "",
        },
    ),
    "Moodle's folders": (
        [
            "Anna Abel_123456_assignsubmission_file_/01-activations.ipynb",
            "Бен Бейкер_123457_assignsubmission_file_/01-activations (1).ipynb",
            "Cy Cox_123458_assignsubmission_onlinetext_/onlinetext.html",
            "王伟_123459_assignsubmission_file/作业.ipynb",
        ],
        {
            "Anna Abel_123456": "Anna Abel_123456_assignsubmission_file_/01-activations.ipynb",
            "Бен Бейкер_123457": "Бен Бейкер_123457_assignsubmission_file_/01-activations (1).ipynb",
            "Cy Cox_123458": "",
            "王伟_123459": "王伟_123459_assignsubmission_file/作业.ipynb",
        },
    ),
    "Moodle's files": (
        [
            "Anna Abel_123456_assignsubmission_file_01-activations.ipynb",
            "Ben Baker_123457_assignsubmission_file_Untitled.ipynb",
        ],
        {
            "Anna Abel_123456": "Anna Abel_123456_assignsubmission_file_01-activations.ipynb",
            "Ben Baker_123457": "Ben Baker_123457_assignsubmission_file_Untitled.ipynb",
        },
    ),
    "GitHub Classroom": (
        [
            "01-activations-anna/01-activations.ipynb",
            "01-activations-anna/README.md",
            "01-activations-ben-b/exercises/01-activations/01-activations.ipynb",
            "01-activations-ben-b/exercises/02-logits/02-logits.ipynb",
            "01-activations-ben-b/solutions/01-activations/01-activations.ipynb",
            "01-activations-ben-b/notebooks/01-activations.ipynb",
            "my answers/notes.txt",
        ],
        {
            "anna": "01-activations-anna/01-activations.ipynb",
            "ben-b": "01-activations-ben-b/exercises/01-activations/01-activations.ipynb",
            "my answers": "",
        },
    ),
    "folders as students fill them": (
        [
            "anna/01-activations.ipynb",
            f"ben/{NAME}/01-Activations-Copy1.ipynb",
            "cy/my solution.ipynb",
            "di/02-logits.ipynb",
            "di/01_activations (2).ipynb",
            "eve/one.ipynb",
            "eve/two.ipynb",
            "fay/homework.py",
            "__MACOSX/._x",
        ],
        {
            "anna": "anna/01-activations.ipynb",
            "ben": f"ben/{NAME}/01-Activations-Copy1.ipynb",
            "cy": "cy/my solution.ipynb",
            "di": "di/01_activations (2).ipynb",
            "eve": "",
            "fay": "",
        },
    ),
    "a heap": (
        [
            "Anna Abel - 01-activations.ipynb",
            "01-activations_ben.ipynb",
            "cy.ipynb",
            "cy (1).ipynb",
            "Copy of di 01 activations.ipynb",
            "01-activations.ipynb",
            "02-logits_eve.ipynb",
            "logits eve.ipynb",
            "activations Fay.ipynb",
            "Activations - Анна Иванова (2).ipynb",
            "王小明_activations.ipynb",
            "activationson.ipynb",
        ],
        {
            "Anna Abel": "Anna Abel - 01-activations.ipynb",
            "ben": "01-activations_ben.ipynb",
            "cy": "cy (1).ipynb",
            "di": "Copy of di 01 activations.ipynb",
            "Fay": "activations Fay.ipynb",
            "Анна Иванова": "Activations - Анна Иванова (2).ipynb",
            "王小明": "王小明_activations.ipynb",
            "activationson": "activationson.ipynb",
        },
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("around", ["", "submissions", "zip", "zip with a folder"])
def test_each_layout_is_read_as_it_comes_from_a_folder_and_from_a_zip_file(tmp_path, layout, around):
    paths, expected = LAYOUTS[layout]
    inside = "submissions/" if around in ("submissions", "zip with a folder") else ""
    paths = [inside + path for path in paths]
    given = zipped(tmp_path / "x.zip", *paths) if "zip" in around else put(tmp_path / "class", *paths)
    assert found(given) == {student: inside * bool(path) + path for student, path in expected.items()}


def test_what_was_noticed_is_told_to_the_teacher_and_to_the_student(tmp_path):
    with open_class(put(tmp_path, *LAYOUTS["Canvas"][0]), NAME) as handed_in:
        assert handed_in.summary() == ["8 handed in, 1 named as asked, 4 named otherwise, 3 not readable."]
        notes = {student.name: " ".join([*student.notes, student.problem]) for student in handed_in.students}
    assert notes["abelanna_12345"].strip() == ""
    assert "Canvas marks it as late." in notes["bakerben_12346"]
    assert "The notebook was handed in under another name: My homework.ipynb." in notes["coxcy_12347"]
    assert (
        "Of the 2 notebooks that were handed in, this one was graded: 01-activations-1.ipynb." in notes["doedi_12348"]
    )
    assert "no notebook in what was handed in. There is text.html; hand in" in notes["gilgil_12351"]
    assert "There is homework.pdf; hand in 01-activations.ipynb." in notes["eveeve_12349"]


MIXED = {  # what lies beside what: the files, and the one that is graded of each student
    "folders beside Canvas's files": (
        ["abelanna_1_11_01-activations.ipynb", "bakerben_2_12_01-activations.ipynb", "carla/01-activations.ipynb"],
        {
            "abelanna_1": "abelanna_1_11_01-activations.ipynb",
            "bakerben_2": "bakerben_2_12_01-activations.ipynb",
            "carla": "carla/01-activations.ipynb",
        },
    ),
    "a file named as another student's in Moodle's": (
        ["Anna Abel_4711_assignsubmission_file_Ben Baker_4712_assignsubmission_file_01-activations.ipynb"],
        {
            "Anna Abel_4711": (
                "Anna Abel_4711_assignsubmission_file_Ben Baker_4712_assignsubmission_file_01-activations.ipynb"
            )
        },
    ),
    "numbers that are the name's": (
        ["01-activations-group-1.ipynb", "01-activations-group-2.ipynb", "s-101.ipynb", "s-102.ipynb"],
        {
            "group-1": "01-activations-group-1.ipynb",
            "group-2": "01-activations-group-2.ipynb",
            "s-101": "s-101.ipynb",
            "s-102": "s-102.ipynb",
        },
    ),
    "folders beside a heap": (
        ["ann.ipynb", "ben.ipynb", "cy.ipynb", "di/01-activations.ipynb"],
        {"ann": "ann.ipynb", "ben": "ben.ipynb", "cy": "cy.ipynb", "di": "di/01-activations.ipynb"},
    ),
    "a lone repository": (
        ["01-activations-ben/exercises/01-activations/01-activations.ipynb", "01-activations-ben/solutions/x.ipynb"],
        {"ben": "01-activations-ben/exercises/01-activations/01-activations.ipynb"},
    ),
    "capitals": (["anna/01-activations.IPYNB"], {"anna": "anna/01-activations.IPYNB"}),
}


@pytest.mark.parametrize("kind", MIXED)
@pytest.mark.parametrize("around", ["", "zip"])
def test_nobody_is_lost_and_nobody_is_taken_for_another(tmp_path, kind, around):
    paths, expected = MIXED[kind]
    given = zipped(tmp_path / "x.zip", *paths) if around else put(tmp_path / "class", *paths)
    assert found(given) == expected


def test_many_files_beside_a_notebook_do_not_hide_it(tmp_path):
    put(tmp_path, *(f"anna/{number}.png" for number in range(300)), "anna/01-activations.ipynb")
    assert found(tmp_path) == {"anna": "anna/01-activations.ipynb"}


def test_a_time_beside_a_heap_is_nobodys(tmp_path):
    put(tmp_path, "anna.ipynb", "ben.ipynb", "cy/01-activations.ipynb")
    for folder in (tmp_path, tmp_path / "cy"):
        (folder / "timestamp.txt").write_text("2030-01-01 00:00:00 UTC")
    with open_class(tmp_path, NAME) as handed_in, Reader() as reader:
        times = {}
        for student in handed_in.students:
            with closing(take(handed_in.folder, student, NAME, reader)) as taken:
                times[student.name] = taken.time and taken.time.year
    assert times == {"anna": None, "ben": None, "cy": 2030}


def test_what_is_left_out_is_named(tmp_path):
    put(tmp_path, "anna.ipynb", "ben.ipynb", "carla.py", "emil.pdf", "02-logits.ipynb")
    with open_class(tmp_path, NAME) as handed_in:
        assert handed_in.notes == [
            "Notebooks that say nothing of whose they are, or are another exercise's, and are left out: "
            "02-logits.ipynb.",
            "Files that are no notebooks, and are left out: carla.py, emil.pdf.",
        ]


def test_a_name_in_a_zip_file_that_says_nothing_of_its_letters_is_read_as_utf_8_where_it_can_be(tmp_path):
    path = zipped(tmp_path / "x.zip", "aaaaaa/01-activations.ipynb")
    path.write_bytes(path.read_bytes().replace(b"aaaaaa", "Jörg".encode() + b"a"))
    assert list(found(path)) == ["Jörga"]


def test_who_has_handed_nothing_in_is_not_handed_in(tmp_path):
    put(tmp_path, *LAYOUTS["nbgrader"][0])
    (tmp_path / "di").mkdir()
    with open_class(tmp_path, NAME) as handed_in:
        assert [each.name for each in handed_in.students if not each.has_notebook] == ["cy", "di"]
        assert handed_in.summary() == ["2 handed in, 2 named as asked, 2 not handed in."]


def test_a_trial_run_reads_everything_and_names_what_cannot_be_read(tmp_path):
    put(tmp_path, "anna/x.ipynb", "ben/y.ipynb", "cy/z.txt")
    (tmp_path / "ben/y.ipynb").write_bytes(b"\xff\xfe{\0}\0")
    with open_class(tmp_path, NAME) as handed_in:
        summary, *lines = handed_in.read_all()
    assert summary == "3 handed in, 0 named as asked, 1 named otherwise, 2 not readable."
    assert [line.split(":")[0] for line in lines] == ["anna", "ben", "cy"]


def test_the_notebook_that_is_found_is_the_one_that_is_taken(tmp_path):
    put(tmp_path, *LAYOUTS["folders as students fill them"][0])
    with open_class(tmp_path, NAME) as handed_in, Reader() as reader:
        for student in handed_in.students:
            with closing(take(handed_in.folder, student, NAME, reader)) as taken:
                assert bool(taken.notebook) == (student.name in ("anna", "ben", "cy", "di"))
                assert bool(taken.problem) != bool(taken.notebook)


@pytest.mark.parametrize("folder", ["exercises", "solutions", "notebooks/../exercises"])
def test_the_courses_own_folders_are_no_class(folder):
    with pytest.raises(CannotGoOn, match="is a folder of the course"), open_class(ROOT / folder, NAME):
        pass


def test_a_students_folder_is_no_class(tmp_path):
    put(tmp_path / "anna", f"{NAME}/{NAME}.ipynb", "02-logits/02-logits.ipynb")
    with pytest.raises(CannotGoOn, match="anna looks like one student's folder"), open_class(tmp_path / "anna", NAME):
        pass
    assert found(tmp_path) == {"anna": f"anna/{NAME}/{NAME}.ipynb"}


@pytest.mark.parametrize(
    ("paths", "there"),
    [
        ([], "It is empty."),
        (["anna/02-logits/02-logits.ipynb"], "There is anna."),
        ([f"{NAME}.ipynb", "02-logits.ipynb"], "There is 01-activations.ipynb, 02-logits.ipynb."),
    ],
)
def test_where_nobody_has_the_exercise_one_sentence_says_what_is_there_and_what_was_expected(tmp_path, paths, there):
    with pytest.raises(CannotGoOn) as told, open_class(put(tmp_path, *paths), NAME):
        pass
    start = f"Nobody in {tmp_path} has handed in {NAME}. {there} Give a folder that holds STUDENT/{NAME}/{NAME}.ipynb"
    assert str(told.value).startswith(start)


def test_a_file_that_is_no_zip_file_and_a_damaged_one_are_refused(tmp_path):
    put(tmp_path, "x.txt")
    for given, words in ((tmp_path / "x.txt", "is a file, and no zip file"), (tmp_path / "none", "There is no folder")):
        with pytest.raises(CannotGoOn, match=words), open_class(given, NAME):
            pass
    whole = zipped(tmp_path / "x.zip", f"anna/{NAME}.ipynb").read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[:60] + b"\0" * 40 + whole[100:])
    with pytest.raises(CannotGoOn, match="cannot be unpacked"), open_class(tmp_path / "cut.zip", NAME):
        pass


def link(name, target):
    info = zipfile.ZipInfo(name)
    info.external_attr = 0o120777 << 16
    return info, target


def test_nothing_in_a_zip_file_is_written_elsewhere_or_followed(tmp_path):
    outside = f"{tmp_path}/out.ipynb"
    names = ["../out.ipynb", outside, f"/{outside}", f"//{outside}", f"/{outside}".replace("/", "\\"), "C:\\out.ipynb"]
    names += [
        "a/../../out.ipynb",
        "..\\out.ipynb",
        "c:out.ipynb",
        "\\\\?\\C:\\out.ipynb",
        "x" * 300,
        "a/" * 9 + "out.ipynb",
    ]
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as file:
        file.writestr(f"anna//./{NAME}.ipynb", RIGHT)
        for name in names:
            file.writestr(name, RIGHT)
            file.writestr(f"{name}.txt", b"")
        file.writestr(*link(f"ben/{NAME}.ipynb", str(ROOT / "solutions" / NAME / f"{NAME}.ipynb")))
        file.writestr(f"anna/{NAME}.ipynb", RIGHT)
        file.writestr(f"anna/{NAME}.ipynb/deeper.ipynb", RIGHT)
    (tmp_path / "in").mkdir()
    (told,) = archive.unpack(tmp_path / "x.zip", tmp_path / "in")
    start = "Left out of the zip file, as links, twins, or names that cannot be used: "
    assert told.startswith(f"{start}../out.ipynb.txt, ")
    assert told.endswith(" and more.")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [
        tmp_path / "x.zip",
        tmp_path / f"in/anna/{NAME}.ipynb",
    ]


def test_a_bomb_is_cut_and_large_notebooks_take_nobody_elses_room(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "LARGEST", 1000)
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as file:
        for number in range(3):
            file.writestr(f"anna/{number}.ipynb", bytes(10_000_000))
        file.writestr("ben/x.ipynb", RIGHT)
    (tmp_path / "in").mkdir()
    assert archive.unpack(tmp_path / "x.zip", tmp_path / "in") == []
    assert (tmp_path / "in/anna/0.ipynb").stat().st_size == 1001
    monkeypatch.setattr(archive, "MOST_BYTES", 2500)
    (tmp_path / "again").mkdir()
    (told,) = archive.unpack(tmp_path / "x.zip", tmp_path / "again")
    assert (tmp_path / "again/ben/x.ipynb").stat().st_size == 1001
    assert "because its notebooks have more than" in told
    assert told.endswith(": anna/1.ipynb, anna/2.ipynb.")


def listing(names):
    """Return a zip file whose list names things that are not in it."""
    entries = b"".join(
        struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 33, 0, 0, 0, len(name), 0, 0, 0, 0, 0, 0) + name
        for name in names
    )
    count = min(len(names), 0xFFFF)
    return entries + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(entries), 0, 0)


@pytest.mark.parametrize("count", [archive.MOST_FILES + 1, 400_000])
def test_a_list_without_end_is_refused_before_it_takes_memory(tmp_path, count, monkeypatch):
    (tmp_path / "x.zip").write_bytes(listing([b"a.txt"] * count))
    made = []
    real = zipfile.ZipInfo
    monkeypatch.setattr(zipfile, "ZipInfo", lambda *given: made.append(1) or real(*given))
    with pytest.raises(CannotGoOn, match="more than 100,000 files"):
        archive.unpack(tmp_path / "x.zip", tmp_path)
    assert len(made) < 110_000


def test_whatever_bytes_of_a_zip_file_are_changed_it_is_unpacked_or_refused_in_a_sentence(tmp_path):
    whole = zipped(tmp_path / "x.zip", f"anna/{NAME}.ipynb", f"ben/{NAME}.ipynb").read_bytes()
    end = whole.rindex(b"PK\5\6")
    start = int.from_bytes(whole[end + 16 : end + 20], "little")
    chance = random.Random(0)
    changed = tmp_path / "changed.zip"
    for number in range(600):
        data = bytearray(whole)
        for _ in range(chance.choice([1, 1, 3])):
            place = chance.randrange(chance.choice([0, start, end]), len(data))
            data[place] = chance.choice([0, 127, 128, 255, chance.randrange(256)])
        changed.write_bytes(data)
        target = tmp_path / f"in/{number}"
        target.mkdir(parents=True)
        with contextlib.suppress(CannotGoOn):
            archive.is_zip_file(changed)
            archive.unpack(changed, target)
    assert not list(tmp_path.glob("*.ipynb"))


def test_nobody_is_taken_for_another_by_what_they_call_their_file(tmp_path):
    """Moodle and Canvas put the student's name and number first; everything behind them is the student's own choice."""
    twice = "x_4711_assignsubmission_file_"
    for name, expected in {
        f"Mal Ory_9_assignsubmission_file_{twice}{NAME}.ipynb": "Mal Ory_9",
        f"malory_9_8_annaabel_4711_12_{NAME}.ipynb": "malory_9",
        f"malory_LATE_9_8_annaabel_4711_12_{NAME}.ipynb": "malory_9",
    }.items():
        assert list(layout_of([Entry(name, False, label=name)], NAME, ()).owners) == [expected]


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("Anna Müller - 01-activations.ipynb", "Anna Müller"),
        ("01-activations_muller (1).ipynb", "muller"),
        ("01-Activations-王伟.ipynb", "王伟"),
        ("muller-Copy1.ipynb", "muller"),
        ("01-activations (3).ipynb", ""),
        ("activations.ipynb", ""),
        ("02-logits anna.ipynb", ""),
    ],
)
def test_a_heaps_notebook_says_whose_it_is(name, owner):
    assert without_exercise(name, NAME, ["02-logits", "03-roundoff"])[0] == owner


def test_a_name_that_a_page_or_a_terminal_would_act_on_is_not_shown_and_no_link_is_followed(tmp_path):
    put(tmp_path, "ok/x.ipynb", "a/<img src=x>.ipynb", "a/\x1b[2J.ipynb", "a/.ipynb_checkpoints/x.ipynb")
    put(tmp_path / "elsewhere", "marks.ipynb")
    (tmp_path / "b").mkdir()
    (tmp_path / "b/linked").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "b/linked.ipynb").symlink_to(tmp_path / "elsewhere/marks.ipynb")
    with open_class(tmp_path, NAME) as handed_in:
        told = {student.name: student.problem for student in handed_in.students}
    assert "\x1b" not in told["a"]
    assert "<" not in told["a"]
    assert told["b"] == f"Nothing was handed in for {NAME}."
