"""Runs a command on a pseudo-terminal and types each answer once its question has shown up.

    at_terminal.py '[["Which store?", "\\r"], ...]' COMMAND...

Prints what the terminal showed; ends with the command's exit code, 98 when a question never came, and 99
when the command does not end.
"""

import json
import os
import pty
import select
import sys
import time

LIMIT_SECONDS = 60


def run(answers, command):
    child, terminal = pty.fork()
    if child == 0:
        os.execvp(command[0], command)
    shown, start, deadline = "", 0, time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                chunk = os.read(terminal, 65536)
            except OSError:
                break  # The command has closed its side.
            if not chunk:
                break
            shown += chunk.decode(errors="replace")
        if answers and answers[0][0] in shown[start:]:
            question, answer = answers.pop(0)
            start = shown.index(question, start) + len(question)
            os.write(terminal, answer.encode())
    else:
        os.kill(child, 9)
        os.waitpid(child, 0)
        return shown, 99
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return shown, 98 if answers else code


shown, code = run(json.loads(sys.argv[1]), sys.argv[2:])
sys.stdout.write(shown)
sys.exit(code)
