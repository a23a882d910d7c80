"""The map from kinds of jobs to their handlers."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from smartstack_chassis.events.uow import Transaction, UnitOfWork
from smartstack_chassis.jobs.job import Job

Command = Callable[..., Awaitable[None]]
Report = Callable[[int, int], Awaitable[None]]
"""Stores how far a leased job is: so much is done, of so much in total."""
Prepare = Callable[[Transaction, Job, Report], Awaitable[Callable[[], Awaitable[Any]]]]
Recurring = Callable[[UnitOfWork, Any], Awaitable[None]]
ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class Handler:
    """Options of one kind of job; `reported` keeps its row for a day, so that its result can be read."""

    command: Command
    prepare: Prepare | None
    attempts: int
    reported: bool


@dataclass(frozen=True, slots=True)
class Schedule:
    """A recurring job of the service itself."""

    run: Recurring
    every_seconds: float


@dataclass(frozen=True, slots=True)
class JobHandlers:
    """The jobs of one service, by kind."""

    commands: dict[str, Handler] = field(default_factory=dict)
    recurring: dict[str, Schedule] = field(default_factory=dict)

    def on(
        self, kind: str, *, prepare: Prepare | None = None, attempts: int = ATTEMPTS, reported: bool = False
    ) -> Callable[[Command], Command]:
        """Register a command for a kind. It gets the transaction that removes the job, and the job.

        A DomainError that is not retryable parks the job; any other error is retried, `attempts` times in all.
        `prepare` is for work that takes long or talks to the outside. The job is then leased. `prepare` reads what it
        needs in a transaction of its own and returns the work, which runs outside of any; the command gets the result.
        The work may call the third argument of `prepare` to report how far it is.
        Raises ValueError for a kind that is taken.
        """

        def register(command: Command) -> Command:
            self._require_free(kind)
            self.commands[kind] = Handler(command, prepare, attempts, reported)
            return command

        return register

    def every(self, kind: str, seconds: float) -> Callable[[Recurring], Recurring]:
        """Register a recurring job; it runs outside of a transaction and gets the unit of work and the settings.

        One process of the service runs it at a time. It is never parked: a failure is retried, at most a period later.
        Raises ValueError for a kind that is taken.
        """

        def register(run: Recurring) -> Recurring:
            self._require_free(kind)
            self.recurring[kind] = Schedule(run, seconds)
            return run

        return register

    def include(self, other: "JobHandlers") -> None:
        """Take over the jobs of `other`, such as a capability's. Raises ValueError for a kind that is taken."""
        for kind in (*other.commands, *other.recurring):
            self._require_free(kind)
        self.commands.update(other.commands)
        self.recurring.update(other.recurring)

    @property
    def short(self) -> Mapping[str, Handler]:
        """Return the kinds that run in the transaction that claims them."""
        return {kind: handler for kind, handler in self.commands.items() if handler.prepare is None}

    @property
    def leased(self) -> list[str]:
        """Return the kinds that are claimed with a lease."""
        return [kind for kind, handler in self.commands.items() if handler.prepare is not None] + list(self.recurring)

    def _require_free(self, kind: str) -> None:
        if kind in self.commands or kind in self.recurring:
            raise ValueError(f"two jobs are named {kind}")
