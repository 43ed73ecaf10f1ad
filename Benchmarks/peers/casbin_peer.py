"""Casbin in Python: a policy line for each app and row; users, groups and rows are roles.

The engine is Python, so its time is the call's. It is measured as it comes and with its index of policies by host.
"""

import json

import casbin
from casbin.model import FastModel, Model

import work
from work import Request, Work

PEER = "casbin 1.43.0"
ENGINE = "casbin"
INDEXED = "indexed casbin"

MODEL = """
[request_definition]
r = sub, obj, age, idle

[policy_definition]
p = sub, obj, absolute, idle

[role_definition]
g = _, _

[policy_effect]
e = some(where (p.eft == allow))

[matchers]
m = r.obj == p.obj && r.age < p.absolute && r.idle < p.idle && g(r.sub, p.sub)
"""


HOST_FIELD = 1


def filled(model: Model) -> Model:
    """A model with the definitions above."""
    model.load_model_from_text(MODEL)
    return model


def fill(enforcer: casbin.Enforcer, organization: Work) -> None:
    """Adds the organization's policies and roles."""
    enforcer.add_policies(
        [
            [row, app.host, app.absoluteSeconds, app.idleSeconds]
            for app in organization.apps
            for row in (work.app_row(app), work.folder_row(app.folder))
        ]
    )
    enforcer.add_grouping_policies([list(pair) for pair in organization.grants() + organization.memberships()])


def measured(engine: str, peer: str, enforcer: casbin.Enforcer, organization: Work) -> dict[str, object]:
    """One enforcer's measurement."""
    fill(enforcer, organization)

    def decide(request: Request) -> bool:
        return enforcer.enforce(request.user, request.host, request.ageSeconds, request.idleSeconds)

    verdicts = work.check(peer, organization, decide)
    request = organization.requests[0]
    least = work.nanoseconds(lambda: decide(request), organization.seconds)
    return work.result(engine, peer, least, "the call", verdicts)


def main() -> None:
    """Prints a measurement of each enforcer."""
    organization = work.read()
    plain = casbin.Enforcer(filled(Model()))
    indexed = casbin.FastEnforcer(filled(FastModel([HOST_FIELD])), cache_key_order=[HOST_FIELD])
    print(
        json.dumps([measured(ENGINE, PEER, plain, organization), measured(INDEXED, f"{PEER}, indexed", indexed, organization)])
    )


if __name__ == "__main__":
    main()
