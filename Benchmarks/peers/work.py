"""What the peers' programs share: the work that postern-bench wrote, the check of the answers, and the measuring loop.

A program renders the organization in its engine's language, answers every request as Postern did or refuses to measure,
and prints what it measured as JSON.
"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class App:
    """A host with its own row of members, the index of its folder, and the limits of its sessions."""

    host: str
    folder: int
    members: list[str]
    absoluteSeconds: int
    idleSeconds: int


@dataclass(frozen=True)
class Request:
    """Who asks for which host, with a session how old and how long idle; and the answer that it must get."""

    name: str
    user: str
    groups: list[str]
    host: str
    ageSeconds: int
    idleSeconds: int
    isAllowed: bool


@dataclass(frozen=True)
class Work:
    """An organization and the requests to it; the first is the one to measure, for so many seconds."""

    seconds: float
    apps: list[App]
    folders: list[list[str]]
    requests: list[Request]

    def grants(self) -> list[tuple[str, str]]:
        """Each member with each row that it stands in."""
        own = [(member, app_row(app)) for app in self.apps for member in app.members]
        folders = [(member, folder_row(index)) for index, row in enumerate(self.folders) for member in row]
        return own + folders

    def memberships(self) -> list[tuple[str, str]]:
        """Each user of a request with each of its groups."""
        return sorted({(request.user, group) for request in self.requests for group in request.groups})


def app_row(app: App) -> str:
    """The name of an app's own row."""
    return f"row of {app.host}"


def folder_row(index: int) -> str:
    """The name of a folder's row."""
    return f"row of folder {index}"


def read() -> Work:
    """The work of the file that the command line names."""
    with open(sys.argv[1], encoding="utf-8") as file:
        data = json.load(file)
    return Work(
        seconds=data["seconds"],
        apps=[App(**app) for app in data["apps"]],
        folders=data["folders"],
        requests=[Request(**request) for request in data["requests"]],
    )


def check(peer: str, work: Work, decide: Callable[[Request], bool]) -> list[bool]:
    """The answers to every request; ends the program where one is not Postern's."""
    verdicts = [decide(request) for request in work.requests]
    for request, verdict in zip(work.requests, verdicts):
        if verdict != request.isAllowed:
            sys.exit(f"{peer}: {request.name}: {'allowed' if verdict else 'denied'}, and Postern says otherwise")
    return verdicts


def nanoseconds(call: Callable[[], object], seconds: float) -> float:
    """The least mean of batches of calls that last a hundredth of the time each, and at least one call."""
    begin = time.perf_counter_ns()
    call()
    count = max(1, int(seconds * 1e7 / (time.perf_counter_ns() - begin)))
    least = float("inf")
    end = time.perf_counter() + seconds
    while least == float("inf") or time.perf_counter() < end:
        begin = time.perf_counter_ns()
        for _ in range(count):
            call()
        least = min(least, (time.perf_counter_ns() - begin) / count)
    return least


def result(engine: str, peer: str, time_taken: float, how: str, verdicts: list[bool]) -> dict[str, object]:
    """One measurement in the form that postern-bench reads."""
    return {"engine": engine, "peer": peer, "nanoseconds": time_taken, "how": how, "verdicts": verdicts}
