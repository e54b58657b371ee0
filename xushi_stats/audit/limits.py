"""Work on a file from outside: in a process of its own, with limits of time and memory.

Whatever a file does to that process, the command goes on and tells of it in a sentence. Where Python has
no ``resource`` (Windows) only time is limited.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from time import process_time
from typing import Any, TypeVar

from xushi_stats.faults import DataFaults, Fault

T = TypeVar("T")
SECONDS = 30
"""Of computing for a step, of which a whole report needs 2; four times as long may pass."""
TO_START = 120
"""Seconds in which a process must have begun, on a machine that is busy with other work."""
BYTES = 2 * 2**30
"""Of memory, of which a whole report needs a tenth."""
WHAT = {"seconds": str(SECONDS), "size": f"{BYTES // 2**30} GB"}


class Stopped(Exception):
    """The work came to no end: a limit was reached, or the file brought down what reads it."""


def each(work: Callable[..., Iterable[T]], *arguments: Any, seconds: int = SECONDS) -> Iterator[T]:
    """What some work on a file yields, as it comes.

    Args:
        work: a function of a module; what it takes and yields goes from process to process.
        arguments: of the work.
        seconds: of computing for each thing that is yielded.

    Raises:
        Stopped: also where the work raised what it does not declare.
        DataFaults, OSError: of the work.
    """
    # not forked: a process that has typeset must not be forked and typeset in the child
    context = get_context("spawn")
    mine, its = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(its, seconds, work, arguments), daemon=True)
    process.start()
    its.close()
    wait = TO_START
    try:
        while mine.poll(wait):
            kind, found = mine.recv()
            if kind == "raised":
                raise found
            if kind == "end":
                return
            if kind == "found":
                yield found
            wait = 4 * seconds
        raise Stopped
    except EOFError:
        raise Stopped from None
    finally:
        _end(process)
        mine.close()


def call(name: str, work: Callable[..., T], *arguments: Any, seconds: int = SECONDS) -> T:
    """What some work on a file gives; ``name`` is the file's, for the fault.

    Raises:
        DataFaults: of the work, or because it was stopped.
        OSError: of the work.
    """
    try:
        found: list[T] = list(each(_one, work, arguments, seconds=seconds))
    except Stopped:
        details = {**WHAT, "seconds": str(seconds)}
        raise DataFaults([Fault("stopped", name, details=details)]) from None
    return found[0]


def _one(work: Callable[..., T], arguments: tuple[Any, ...]) -> Iterator[T]:
    yield work(*arguments)


def _child(pipe: Connection, seconds: int, work: Callable[..., Iterable[Any]], given: Any) -> None:
    if hasattr(os, "setsid"):
        os.setsid()  # so that what it starts ends with it
    with open(os.devnull, "wb") as nowhere:  # libraries in other languages write as they fall
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    try:
        _limit(seconds)
        pipe.send(("begun", None))
        for found in work(*given):
            pipe.send(("found", found))
            _limit(seconds)
        pipe.send(("end", None))
    except (DataFaults, OSError) as error:
        pipe.send(("raised", error))
    except BaseException:  # a panic of a library is none of Exception's
        pipe.send(("raised", Stopped()))


def _limit(seconds: int) -> None:
    """Set the limits, the one of time from now on."""
    try:
        import resource
    except ImportError:
        return
    limits = {resource.RLIMIT_CPU: int(process_time()) + seconds}
    limits |= {resource.RLIMIT_DATA: BYTES, resource.RLIMIT_CORE: 0}
    for what, most in limits.items():
        hard = resource.getrlimit(what)[1]
        with suppress(ValueError, OSError):  # one that is lower already stays
            resource.setrlimit(what, (most, hard))


def _end(process: BaseProcess) -> None:
    with suppress(OSError, AttributeError, TypeError):
        os.killpg(process.pid or 0, signal.SIGKILL)
    process.kill()
    process.join()
