"""Rego, by rego-cpp: one rule over data that is indexed by host and by row, compiled to a bundle beforehand.

The input is set beforehand; the time is that of the call less that of an empty entry point, which costs the same wrapper.
"""

import json

from regopy import Input, Interpreter

import work
from work import Request, Work

ENGINE = "rego-cpp"
PEER = "rego-cpp (regopy 1.5.2)"

MODULE = """
package postern

import rego.v1

default allow := false

allow if {
  app := data.apps[input.host]
  input.age < app.absolute
  input.idle < app.idle
  some row in app.rows
  some member in input.members
  data.rows[row][member]
}

empty := true
"""


def data(organization: Work) -> dict[str, object]:
    """The apps by host, and the members of each row as keys."""
    rows: dict[str, dict[str, bool]] = {}
    for member, row in organization.grants():
        rows.setdefault(row, {})[member] = True
    apps = {
        app.host: {
            "absolute": app.absoluteSeconds,
            "idle": app.idleSeconds,
            "rows": [work.app_row(app), work.folder_row(app.folder)],
        }
        for app in organization.apps
    }
    return {"apps": apps, "rows": rows}


def rendered(request: Request) -> Input:
    """A request as a Rego input."""
    return Input(
        {
            "host": request.host,
            "members": [request.user, *request.groups],
            "age": request.ageSeconds,
            "idle": request.idleSeconds,
        }
    )


def main() -> None:
    """Prints one measurement."""
    organization = work.read()
    interpreter = Interpreter()
    interpreter.add_data(data(organization))
    interpreter.add_module("postern.rego", MODULE)
    bundle = interpreter.build(None, ["postern/allow", "postern/empty"])

    def decide(request: Request) -> bool:
        interpreter.set_input(rendered(request))
        return json.loads(str(interpreter.query_bundle_entrypoint(bundle, "postern/allow")))["expressions"][0]

    verdicts = work.check(PEER, organization, decide)
    interpreter.set_input(rendered(organization.requests[0]))
    half = organization.seconds / 2
    whole = work.nanoseconds(lambda: interpreter.query_bundle_entrypoint(bundle, "postern/allow"), half)
    empty = work.nanoseconds(lambda: interpreter.query_bundle_entrypoint(bundle, "postern/empty"), half)
    print(json.dumps([work.result(ENGINE, PEER, whole - empty, "the call less an empty one", verdicts)]))


if __name__ == "__main__":
    main()
