"""Submissions that take more than their share, or try to hide what they take.

Each is a cell's source; IMPORTS stand before it. In what must be refused, `worked("...")` is reached by success alone.
"""

IMPORTS = """
import contextlib, ctypes, errno, mmap, os, re, resource, signal, socket, sys, threading, time
import numpy as np
LIBC = ctypes.CDLL(None, use_errno=True)
def worked(what): print("it worked:", what)
def call(number, *arguments):
    got = LIBC.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments))
    if got < 0: raise OSError(ctypes.get_errno(), str(number))
    return got
def burn(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end: pass
"""

# What the kernel must refuse, or what must bring nothing; tried one after the other in one process.
REFUSED = {
    "memory of no process, by memfd": "os.memfd_create('x'); worked('memfd')",
    "memory that is secret": "call(447, 0); worked('secret')",
    "System V's shared memory": "call(29, 0, 1 << 20, 0o1600); worked('shm')",
    "System V's semaphores": "call(64, 0, 10, 0o1600); worked('sem')",
    "System V's messages": "call(68, 0, 0o1600); worked('msg')",
    "shared memory without a file": "mmap.mmap(-1, 4096); worked('shared')",
    "the same by its number": "call(9, 0, 4096, 3, 0x21, -1, 0); worked('shared')",
    "the same, validated": "call(9, 0, 4096, 3, 0x23, -1, 0); worked('shared')",
    "zeros that are shared": "mmap.mmap(os.open('/dev/zero', os.O_RDONLY), 4096, prot=1); worked('zero')",
    "a file in /dev/shm": "open('/dev/shm/x', 'w'); worked('/dev/shm')",
    "a mounted tmpfs": "call(165, 0, 0, 0, 0, 0); worked('mount')",
    "locked memory": "call(149, LIBC.malloc(1 << 20), 1 << 20); worked('mlock')",
    "children that nobody waits for and nobody counts": "signal.signal(signal.SIGCHLD, signal.SIG_IGN); worked('chld')",
    "a session, and with it a share of the processor": "os.setsid(); worked('setsid')",
    "a better place for this session": "open('/proc/self/autogroup', 'w').write('-20'); worked('autogroup')",
    "a real-time class": "os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(9)); worked('fifo')",
    "a deadline class": (
        "import struct\nasked = struct.pack('IIQiIQQQ', 48, 6, 0, 0, 0, 10**7, 10**8, 10**8)\n"
        "asked = ctypes.create_string_buffer(asked)\ncall(314, 0, ctypes.addressof(asked), 0); worked('deadline')"
    ),
    "a higher priority": "os.nice(-5); worked('nice')",
    "real-time reading of disks": "call(251, 1, 0, 1 << 13); worked('ioprio')",
    "another victim when memory runs out": "open('/proc/self/oom_score_adj', 'w').write('-1000'); worked('oom')",
    "the limits of the first process": "resource.prlimit(1, resource.RLIMIT_NOFILE, (9, 9)); worked('prlimit')",
    "limits that are raised": "resource.setrlimit(resource.RLIMIT_NPROC, (9**9, 9**9)); worked('nproc')",
    "more data": "resource.setrlimit(resource.RLIMIT_DATA, (-1, -1)); worked('data')",
    "another cgroup": "open('/sys/fs/cgroup/cgroup.procs', 'w').write('0'); worked('cgroup')",
    "a cgroup of version 1": "os.mkdir('/sys/fs/cgroup/memory/mine'); worked('cgroup1')",
    "a cgroup namespace": "call(272, 0x02000000); worked('namespace')",
    "a child in another cgroup": (
        "asked = (ctypes.c_uint64 * 11)(1 << 33, 0, 0, 0, 17, 0, 0, 0, 0, 0, os.open('/sys/fs/cgroup', os.O_RDONLY))\n"
        "call(435, ctypes.addressof(asked), 88) or os._exit(0); worked('clone3')"
    ),
    "a program of the kernel's choice": "open('/proc/sys/kernel/core_pattern', 'w').write('|x'); worked('core')",
    "a release agent": "open('/sys/fs/cgroup/release_agent', 'w').write('/x'); worked('agent')",
    "the freezer of another": "open('/sys/fs/cgroup/freezer/x/freezer.state', 'w').write('FROZEN'); worked('freeze')",
    "events of the machine": "call(298, 0, 0, -1, -1, 0); worked('perf')",
    "a kernel's log": "call(103, 3, id(bytes(99)) + 32, 50); worked('syslog')",
    "keys that others read": "call(250, 0, -3, 0); worked('keyctl')",
    "the clock": "time.clock_settime(time.CLOCK_REALTIME, 0); worked('clock')",
    "swap": "call(167, 0, 0); worked('swapon')",
    "a reboot": "call(169, 0xfee1dead, 672274793, 0, 0); worked('reboot')",
    "quotas": "call(179, 0x80000700, 0, 0, 0); worked('quotactl')",
    "a device": "os.mknod('disk', 0o60666, os.makedev(8, 0)); worked('device')",
    "memory of the machine": "open('/dev/mem', 'rb'); worked('mem')",
}

# What may go on for a while, and is then ended. Behind each: what the learner is told, as a regular expression.
COMPUTED, WAITED = "seconds of processor time", "waited for more than"
LONG = f"{COMPUTED}|computed for more than"
ENDED = "ended the Python process|" + COMPUTED
GREEDY = {
    "sixty busy children": (
        "for _ in range(60):\n    if os.fork() == 0:\n        burn(999)\nos.wait()",
        COMPUTED,
    ),
    "children that are busy and short-lived, and waited for": (
        "while True:\n    if os.fork() == 0:\n        burn(0.02)\n        os._exit(0)\n    os.wait()",
        f"{COMPUTED}|{WAITED}",
    ),
    "a process that hops from child to child": (
        "os.fork() or [os.fork() and os._exit(0) for _ in iter(lambda: burn(0.05), 1)]\ntime.sleep(999)",
        f"{COMPUTED}|{WAITED}",
    ),
    "a child that is the learner's brother": (
        "while call(56, 0x8000 | 17, 0, 0, 0, 0) > 0 and time.sleep(0.1) is None: pass\nburn(999)",
        f"{COMPUTED}|{WAITED}|Resource|unavailable",
    ),
    "two hundred busy threads": (
        "def spin():\n    while True: np.linalg.svd(np.ones((200, 200)))\n"
        "for _ in range(200):\n    with contextlib.suppress(RuntimeError): threading.Thread(target=spin).start()\n"
        "while True: time.sleep(1)",
        f"{ENDED}|computed for more than",
    ),
    "a regular expression that never ends": (
        "re.match('(a+)+$', 'a' * 99 + 'b')",
        LONG,
    ),
    "a number of a milliard digits": ("x = 7 ** 10**9", LONG),
    "a sum that C does alone": ("sum(iter(int, 1))", LONG),
    "no signals any more": (
        "signal.signal(signal.SIGPROF, signal.SIG_IGN)\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nburn(999)",
        COMPUTED,
    ),
    "sleep that catches what should end it": (
        "while True:\n    try: time.sleep(999)\n    except BaseException: pass",
        WAITED,
    ),
    "a pipe that nobody writes to": ("os.read(os.pipe()[0], 1)", WAITED),
    "a stop signal": ("os.kill(os.getpid(), signal.SIGSTOP)", WAITED),
    "an answer that drips": (
        "import gc\n"
        "from grader.judging.crossing.channel import HEADER, MAGIC, Channel\n"
        "ways = [each for each in gc.get_objects() if isinstance(each, Channel)]\n"
        "for byte in HEADER.pack(MAGIC, 900) + bytes(900):\n    ways[0]._socket.send(bytes([byte])); time.sleep(0.2)",
        f"{WAITED}|no known kind",
    ),
    "children that are each below the limit of memory": (
        "for _ in range(8):\n    if os.fork() == 0:\n        x = bytearray(b'x') * (100 << 20)\n"
        "        time.sleep(999)\ntime.sleep(3)",
        "GB of memory",
    ),
    "memory that children keep when their parent is gone": (
        "if os.fork() == 0:\n    for _ in range(8):\n        if os.fork() == 0:\n"
        "            x = bytearray(b'x') * (100 << 20)\n            time.sleep(999)\n    os._exit(0)\ntime.sleep(3)",
        "GB of memory",
    ),
    "memory in one piece": ("x = bytearray(900 << 20)", "MemoryError"),
    "memory piece by piece": ("x = []\nwhile True: x.append(np.ones(2**20))", "MemoryError"),
    "a list that never ends": ("x = list(iter(int, 1))", f"{LONG}|MemoryError"),
    "a stack that grows": (
        "resource.setrlimit(resource.RLIMIT_STACK, (-1, -1))\nsys.setrecursionlimit(10**9)\n"
        "def deep(): return [deep() for _ in '1']\ndeep()",
        f"{ENDED}|{LONG}|MemoryError|GB of memory|RecursionError",
    ),
}

# What is done in a moment, and leaves the other answers as they are.
HARMLESS = {
    "as many processes as there may be": (
        "try:\n    while True: os.fork() or time.sleep(999)\nexcept OSError as error: print(error)"
    ),
    "as many dead processes as there may be": (
        "try:\n    while True: os.fork() or os._exit(0)\nexcept OSError as error: print(error)"
    ),
    "orphans that are dead": (
        "try:\n    for _ in range(300):\n        if os.fork() == 0:\n            os.fork()\n            os._exit(0)\n"
        "        os.wait()\nexcept OSError as error: print(error)"
    ),
    "as many threads as there may be": (
        "try:\n    while True: threading.Thread(target=time.sleep, args=(999,), daemon=True).start()\n"
        "except RuntimeError as error: print(error)"
    ),
    "pipes that are full": (
        "try:\n    while True:\n        r, w = os.pipe2(os.O_NONBLOCK)\n"
        "        with contextlib.suppress(BlockingIOError):\n"
        "            while True: os.write(w, bytes(1 << 16))\nexcept OSError as error: print(error)\n"
        "for number in range(60, 256):\n    with contextlib.suppress(OSError): os.close(number)"
    ),
    "sockets that are full": (
        "ends = []\ntry:\n    while True:\n        a, b = socket.socketpair()\n        ends += [a, b]\n"
        "        for end in (a, b):\n            end.setblocking(False)\n"
        "            with contextlib.suppress(BlockingIOError):\n                while True: end.send(bytes(1 << 16))\n"
        "except OSError as error: print(error)\nends.clear()"
    ),
    "a folder that is full of files that have no name": (
        "held = []\ntry:\n    while True:\n        held.append(open('x', 'wb', 0)); os.unlink('x')\n"
        "        held[-1].write(bytes(16 << 20))\nexcept OSError as error: print(error)\n"
        "[each.close() for each in held]"
    ),
    "a file with a hole of a terabyte": (
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "try: os.truncate(os.open('hole', os.O_CREAT | os.O_RDWR), 1 << 40)\nexcept OSError as error: print(error)"
    ),
    "a folder within a folder, a thousand times": (
        "made = 0\ntry:\n    while made < 1_000: os.mkdir('d'); os.chdir('d'); made += 1\n"
        "except OSError as error: print(error)\nos.chdir(os.environ['HOME'])"
    ),
    "signals that queue up": (
        "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGRTMIN])\n"
        "for _ in range(10**5):\n    try: os.kill(os.getpid(), signal.SIGRTMIN)\n    except OSError: break"
    ),
    "a timer that goes off all the time": (
        "signal.signal(signal.SIGVTALRM, lambda *_: None)\nsignal.setitimer(signal.ITIMER_VIRTUAL, 1e-6, 1e-6)\n"
        "burn(0.1)\nsignal.setitimer(signal.ITIMER_VIRTUAL, 0)"
    ),
    "mappings without end": (
        "held = []\ntry:\n    for _ in range(80_000): held.append(call(9, 0, 4096, len(held) % 2, 0x22, -1, 0))\n"
        "except OSError as error: print(error)\nfor place in held: call(11, place, 4096)"
    ),
    "exceptions that each have a cause": (
        "error = None\nfor _ in range(3_000):\n    new = ValueError('x')\n    new.__cause__ = error\n    error = new\n"
        "try: raise error\nexcept ValueError: pass"
    ),
    "warnings without end": "import warnings\nfor number in range(20_000): warnings.warn(str(number))",
    "output to every descriptor": (
        "for number in range(3):\n    for _ in range(500): os.write(number, b'x' * 10_000)\nprint('y' * 10**6)"
    ),
}
