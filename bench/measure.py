"""Runs a command and writes what it took as JSON: wall, CPU of its whole process tree, peak RSS.

measure.py RESULT TIMEOUT_SECONDS STDIN STDOUT COMMAND...

The kernel's own account of an ended child (wait4), with those of its children that it has waited for.
STDIN is a file that is fed through a pipe, so that its size is not known, or -. STDOUT is a file, or - for a
pipe whose bytes and lines are counted. Reader and writer are this process: their CPU is not in the figures.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time

result_path, timeout, stdin_path, stdout_path, *command = sys.argv[1:]
output = {"bytes": 0, "lines": 0}


def feed(target):
    with open(stdin_path, "rb", buffering=0) as source, target:
        try:
            while os.splice(source.fileno(), target.fileno(), 1 << 20) > 0:
                pass
        except BrokenPipeError:
            pass


def drain(source):
    while piece := os.read(source.fileno(), 1 << 20):
        output["bytes"] += len(piece)
        output["lines"] += piece.count(b"\n")


stdin = subprocess.DEVNULL if stdin_path == "-" else subprocess.PIPE
stdout = subprocess.PIPE if stdout_path == "-" else open(stdout_path, "wb")
started = time.perf_counter()
child = subprocess.Popen(command, stdin=stdin, stdout=stdout, start_new_session=True)
threads = []
if child.stdin is not None:
    threads.append(threading.Thread(target=feed, args=(child.stdin,)))
if child.stdout is not None:
    threads.append(threading.Thread(target=drain, args=(child.stdout,)))
for thread in threads:
    thread.start()
expired = threading.Event()


def expire():
    expired.set()
    os.killpg(child.pid, signal.SIGKILL)


timer = threading.Timer(float(timeout), expire)
timer.start()
_, status, usage = os.wait4(child.pid, 0)
wall = time.perf_counter() - started
timer.cancel()
for thread in threads:
    thread.join(5)
with open(result_path, "w", encoding="utf-8") as file:
    json.dump(
        {
            "wallS": wall,
            "userS": usage.ru_utime,
            "systemS": usage.ru_stime,
            "cpuS": usage.ru_utime + usage.ru_stime,
            # In KiB on Linux; of the largest process of the tree.
            "rssMiB": usage.ru_maxrss / 1024,
            "exitCode": os.waitstatus_to_exitcode(status),
            "timedOut": expired.is_set(),
            "output": output,
        },
        file,
    )
