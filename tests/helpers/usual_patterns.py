"""Thirty-four ways in which teachers test answers: each with right work, wrong work, and its test.

A pattern is a name, the right answer, a wrong one, and the test. WITHOUT are those that need an object of the learner's
in the tests, or the notebook's own file: they are not judged, and release says so.
"""

PATTERNS = {
    "number": ("def number(x):\n    return 2 * x", "def number(x):\n    return x", "assert number(4) == 8"),
    "text": ("def text(x):\n    return x.upper()", "def text(x):\n    return x", "assert text('ab') == 'AB'"),
    "array": (
        "import numpy\ndef array(x):\n    return numpy.asarray(x) * 2",
        "def array(x):\n    return x",
        "import numpy as np\nassert array(np.ones(3)).tolist() == [2, 2, 2]",
    ),
    "variable": ("variable = [1, 4, 9]", "variable = [1, 2, 3]", "assert variable == [1, 4, 9]"),
    "big-integer": (
        "def big_integer(n):\n    return 2**n",
        "def big_integer(n):\n    return 2.0**n",
        "assert big_integer(200) == 2**200 and type(big_integer(3)) is int",
    ),
    "keyword-array": (
        "def keyword_array(*, values):\n    return values.sum()",
        "def keyword_array(*, values):\n    return values.max()",
        "import numpy as np\nassert keyword_array(values=np.array([1, 2])) == 3",
    ),
    "partial": (
        "def partial(x):\n    return x\n\ndef second(x):\n    return -x",
        "def partial(x):\n    return 1\n\ndef second(x):\n    return -x",
        "0.5 * (partial(3) == 3) + 0.5 * (second(3) == -3)",
    ),
    "hidden": (
        "def hidden(x):\n    return abs(x)",
        "def hidden(x):\n    return x",
        "assert hidden(2) == 2\n### BEGIN HIDDEN TESTS\nassert hidden(-2) == 2\n### END HIDDEN TESTS",
    ),
    "except-value-error": (
        "class Negative(ValueError):\n    pass\n\ndef root(x):\n    if x < 0:\n        raise Negative('too small')\n"
        "    return x**0.5",
        "def root(x):\n    return x**0.5",
        "try:\n    root(-1)\nexcept ValueError as error:\n    assert 'too small' in str(error)\n"
        "else:\n    raise AssertionError('no ValueError')",
    ),
    "module-of-the-import-cell": (
        "def close(x):\n    return [x / 3]",
        "def close(x):\n    return [x / 4]",
        "assert np.allclose(close(1), 1 / 3) and math.isclose(close(3)[0], 1)",
    ),
    "changed-in-place": (
        "def in_place(items):\n    items.sort()",
        "def in_place(items):\n    return sorted(items)",
        "items = [3, 1, 2]\nassert in_place(items) is None\nassert items == [1, 2, 3]",
    ),
    "dict-with-integer-keys": (
        "def squares_of(n):\n    return {k: k * k for k in range(n)}",
        "def squares_of(n):\n    return {str(k): k * k for k in range(n)}",
        "assert squares_of(3) == {0: 0, 1: 1, 2: 4}",
    ),
    "set": (
        "def distinct(x):\n    return set(x)",
        "def distinct(x):\n    return list(x)",
        "assert distinct('aab') == {'a', 'b'}",
    ),
    "counter": (
        "from collections import Counter\ndef letters(x):\n    return Counter(x)",
        "def letters(x):\n    return {}",
        "assert letters('aab').most_common(1) == [('a', 2)]",
    ),
    "complex": (
        "def rotated(z):\n    return z * 1j",
        "def rotated(z):\n    return z",
        "assert rotated(1 + 2j) == -2 + 1j",
    ),
    "complex-argument": (
        "def length(z):\n    return abs(z)",
        "def length(z):\n    return z.real",
        "assert length(3 + 4j) == 5",
    ),
    "fraction": (
        "from fractions import Fraction\ndef half(x):\n    return Fraction(x, 2)",
        "def half(x):\n    return 0.4",
        "from fractions import Fraction\nassert half(1) == Fraction(1, 2)\nassert isinstance(half(3), Fraction)",
    ),
    "date": (
        "import datetime\ndef next_day(d):\n    return d + datetime.timedelta(days=1)",
        "def next_day(d):\n    return d",
        "import datetime\nassert next_day(datetime.date(2026, 2, 28)) == datetime.date(2026, 3, 1)",
    ),
    "generator": (
        "def countdown(n):\n    while True:\n        yield n\n        n -= 1",
        "def countdown(n):\n    yield n",
        "import itertools\nassert list(itertools.islice(countdown(3), 3)) == [3, 2, 1]",
    ),
    "closure": (
        "def adder(n):\n    return lambda x: x + n",
        "def adder(n):\n    return lambda x: x",
        "add_three = adder(3)\nassert add_three(4) == 7 and adder(1)(1) == 2",
    ),
    "printed": (
        "def greet(name):\n    print('Hello,', name)",
        "def greet(name):\n    return 'Hello, ' + name",
        "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()) as out:\n    greet('Ada')\n"
        "assert out.getvalue() == 'Hello, Ada\\n'",
    ),
    "file-read-by-the-answer": (
        "def rows():\n    return [line.split(',') for line in open('data.csv').read().splitlines()]",
        "def rows():\n    return []",
        "assert rows() == [['a', '1'], ['b', '2']]",
    ),
    "file-read-by-the-test": (
        "def width(text):\n    return len(text.splitlines()[0])",
        "def width(text):\n    return len(text)",
        "assert width(open('data.csv').read()) == 3",
    ),
    "writefile": (
        "%%writefile made.txt\nseven",
        "%%writefile other.txt\nseven",
        "assert read_made() == 'seven'",
    ),
    "helper-that-takes-a-function": (
        "def cube(x):\n    return x**3",
        "def cube(x):\n    return x**2",
        "assert agree(cube, lambda x: x * x * x)",
    ),
    "kept-from-the-test-before": (
        "def doubled(items):\n    return [2 * item for item in items]",
        "def doubled(items):\n    return items",
        "assert doubled(items) == [2, 4, 6]  # the list of an earlier test",
    ),
    "deleted-name": (
        "def square(x):\n    return x * x\n\ndef sum_of_squares(n):\n    return sum(square(k) for k in range(n + 1))",
        "def square(x):\n    return x * x\n\ndef sum_of_squares(n):\n    return sum(k * k for k in range(n + 1))",
        "original = square\ndel square\ntry:\n    sum_of_squares(2)\nexcept NameError:\n    pass\nelse:\n"
        "    raise AssertionError('square is not used')\n"
        "finally:\n    square = original\nassert sum_of_squares(2) == 5",
    ),
    "magic-in-a-test": (
        "def three():\n    return 3",
        "def three():\n    return 4",
        "%matplotlib inline\nassert three() == 3",
    ),
    "decorated": (
        "def twice(f):\n    return lambda x: f(f(x))\n\n@twice\ndef quadruple(x):\n    return 2 * x",
        "def twice(f):\n    return f\n\n@twice\ndef quadruple(x):\n    return 2 * x",
        "assert twice(quadruple)(1) == 16",
    ),
    "callback": (
        "def apply(f, items):\n    return [f(item) for item in items]",
        "def apply(f, items):\n    return items",
        "assert apply(lambda x: x + 1, [1, 2]) == [2, 3]",
    ),
    "class": (
        "class Point:\n    def __init__(self, x):\n        self.x = x\n"
        "    def moved(self, d):\n        return Point(self.x + d)",
        "class Point:\n    def __init__(self, x):\n        self.x = x\n    def moved(self, d):\n        return self",
        "assert Point(1).moved(2).x == 3",
    ),
    "source-code": (
        "def loop(n):\n    for k in range(n):\n        pass\n    return n",
        "def loop(n):\n    return n",
        "import inspect\nassert 'for' in inspect.getsource(loop)",
    ),
    "await": (
        "async def soon(x):\n    return x + 1",
        "async def soon(x):\n    return x",
        "assert await soon(1) == 2",
    ),
    "axes": (
        "import matplotlib.pyplot as plt\ndef drawn():\n    _, axes = plt.subplots()\n    axes.plot([1, 2])\n"
        "    return axes",
        "import matplotlib.pyplot as plt\ndef drawn():\n    return plt.subplots()[1]",
        "assert drawn().lines[0].get_ydata().tolist() == [1, 2]",
    ),
}
WITHOUT = ["writefile", "callback", "class", "source-code", "await", "axes"]
IMPORTS = "import math\nimport numpy as np"
HELPERS = (
    "def agree(one, other):\n    return all(one(k) == other(k) for k in range(5))\n\n"
    "def read_made():\n    return open('made.txt').read().strip()"
)
DATA = "a,1\nb,2\n"
