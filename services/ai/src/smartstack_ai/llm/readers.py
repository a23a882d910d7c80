"""The offline engine in processes of its own, so that a message that is slow to read holds up no event loop.

A template process is forked before any thread or event loop exists; it forks readers on request and shares their
memory. A reader serves one socket: length-prefixed pickles, a SourceText in, an Answer or the name of an error out.
The kernel ends a reader at its deadline (setitimer(2), default action of SIGPROF and SIGALRM), also inside a regular
expression. The end of the socket is the end of a reader, and of the template.
"""

import asyncio
import contextlib
import gc
import logging
import os
import pickle
import signal
import socket
import struct
import sys
import traceback
from datetime import UTC, datetime
from uuid import UUID
from weakref import WeakValueDictionary
from zoneinfo import ZoneInfo

from setproctitle import setproctitle

from smartstack_ai.language.propose import propose
from smartstack_ai.llm.offline import OfflineEngine
from smartstack_ai.llm.port import Answer
from smartstack_ai.values import SourceText
from smartstack_chassis.core.errors import Unavailable

logger = logging.getLogger(__name__)

CPU_SECONDS = 2.0
"""Processor time that one message may cost: a busy machine does not make it shorter."""
WALL_SECONDS = 20.0
NICENESS = 10
"""Readers yield the processor to the processes that answer requests."""
GRACE_SECONDS = 5.0
_LENGTH = struct.Struct("!I")
_SAMPLE = SourceText("Could you send it by Friday? The page is slow.", datetime.now(UTC), ZoneInfo("UTC"), "inbound")


class ReadingFailedError(Exception):
    """The engine raised; the message is the name of the error's class, which holds none of the text."""


class Template:
    """The process that readers are forked from. To be made while the process has a single thread."""

    def __init__(self, *, cpu_seconds: float = CPU_SECONDS) -> None:
        self._control, theirs = socket.socketpair()
        if os.fork() == 0:
            self._control.close()
            _run_template(theirs, cpu_seconds)
        theirs.close()

    def start_reader(self) -> socket.socket:
        """Return the socket of a new reader. Raises OSError when the template has ended."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                socket.send_fds(self._control, [b"r"], [theirs.fileno()])
            except OSError:
                ours.close()
                raise
        return ours

    def close(self) -> None:
        """End the template; readers end with their own sockets."""
        self._control.close()


class Readers:
    """An engine: the offline one, in at most `size` readers. They start when they are needed.

    The messages of one workspace have all places but one, so that a flood of slow ones leaves a reader to the others.
    How many messages wait for a reader is bounded by how many the consumer handles concurrently.
    """

    def __init__(self, template: Template, size: int) -> None:
        self._template = template
        self._places = asyncio.Semaphore(size)
        self._share = max(1, size - 1)
        self._shares: WeakValueDictionary[UUID | None, asyncio.Semaphore] = WeakValueDictionary()
        self._idle: list[_Reader] = []

    async def answer(self, source: SourceText) -> Answer:
        """Read `source` in another process.

        Raises Unavailable (retryable) when the reader ended without an answer: it was killed, or at its deadline.
        Raises ReadingFailedError when the engine raised.
        """
        share = self._shares.setdefault(source.workspace_id, asyncio.Semaphore(self._share))
        async with share, self._places:
            reader = self._idle.pop() if self._idle else await self._start()
            answered = False
            try:
                async with asyncio.timeout(WALL_SECONDS + GRACE_SECONDS):
                    answer = await reader.ask(source)
                answered = True
            except (EOFError, OSError) as error:  # TimeoutError is an OSError
                logger.warning("a reader ended without an answer: %s", type(error).__name__)
                raise Unavailable("reading_ended", "The message could not be read within its limits.") from error
            finally:
                # After a cancellation the next answer would be that of the message before.
                if answered:
                    self._idle.append(reader)
                else:
                    reader.close()
        if isinstance(answer, str):
            raise ReadingFailedError(answer)
        return answer

    def close(self) -> None:
        """End the idle readers; call it when none is at work."""
        while self._idle:
            self._idle.pop().close()

    async def _start(self) -> "_Reader":
        try:
            ours = self._template.start_reader()
        except OSError as error:
            # Only a new process can fork a new template: stop as on any request to, and be started again.
            logger.critical("the process that readers are forked from has ended: stopping")
            os.kill(os.getpid(), signal.SIGTERM)
            raise Unavailable("reading_stopped", "This process is stopping.") from error
        return _Reader(*await asyncio.open_connection(sock=ours))


class _Reader:
    """The service's end of one reader."""

    def __init__(self, receive: asyncio.StreamReader, send: asyncio.StreamWriter) -> None:
        self._receive = receive
        self._send = send

    async def ask(self, source: SourceText) -> Answer | str:
        self._send.write(_framed(source))
        await self._send.drain()
        (length,) = _LENGTH.unpack(await self._receive.readexactly(_LENGTH.size))
        answer: Answer | str = pickle.loads(await self._receive.readexactly(length))  # noqa: S301 - from our own fork
        return answer

    def close(self) -> None:
        self._send.transport.abort()


def _framed(value: object) -> bytes:
    body = pickle.dumps(value)
    return _LENGTH.pack(len(body)) + body


def _run_template(control: socket.socket, cpu_seconds: float) -> None:
    """Fork a reader for each socket that comes, until there is nobody to send one; never returns."""
    status = 1
    try:
        setproctitle("smartstack-ai readers")
        os.nice(NICENESS)
        # A collection would write to, and so copy, every page that is shared.
        gc.freeze()
        # The service drains on these; what it still waits for must be read.
        for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(name, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        warm = False
        while True:
            data, descriptors, _, _ = socket.recv_fds(control, 1, 1)
            if not data:
                break
            if not warm:
                # Compiles every pattern and loads the classifier: readers share both.
                propose(_SAMPLE)
                warm = True
            if os.fork() == 0:
                control.close()
                _run_reader(socket.socket(fileno=descriptors[0]), cpu_seconds)
                break
            os.close(descriptors[0])
        status = 0
    except BaseException:  # noqa: BLE001 - a fork must not go on as its parent
        traceback.print_exc(file=sys.stderr)
    finally:
        os._exit(status)


def _run_reader(served: socket.socket, cpu_seconds: float) -> None:
    with contextlib.suppress(ConnectionError), served, served.makefile("rb") as stream:
        while len(head := stream.read(_LENGTH.size)) == _LENGTH.size:
            source: SourceText = pickle.loads(stream.read(*_LENGTH.unpack(head)))  # noqa: S301 - from our parent
            signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
            signal.setitimer(signal.ITIMER_REAL, WALL_SECONDS)
            answer = _read(source)
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)
            served.sendall(_framed(answer))


def _read(source: SourceText) -> Answer | str:
    try:
        return Answer(propose(source), OfflineEngine.name, OfflineEngine.version)
    except Exception as error:  # noqa: BLE001 - the class's name crosses, the text does not
        return type(error).__name__
