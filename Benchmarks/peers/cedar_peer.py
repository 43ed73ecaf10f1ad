"""Cedar, by its Rust engine: a policy for each app; users and groups are entities whose parents are groups and rows.

Policies and entities are parsed beforehand. The time is the engine's own, which it reports in whole microseconds, rounded
down: that favours it.
"""

import json
import time

import cedarpy

import work
from work import Request, Work

ENGINE = "Cedar"
PEER = "Cedar (cedarpy 4.12.2)"


def policies(organization: Work) -> str:
    """One policy for each app: its row or its folder's, within both limits."""
    return "\n".join(
        f'permit(principal, action, resource == App::"{app.host}") when {{ '
        f'(principal in Row::"{work.app_row(app)}" || principal in Row::"{work.folder_row(app.folder)}") && '
        f"context.age < {app.absoluteSeconds} && context.idle < {app.idleSeconds} }};"
        for app in organization.apps
    )


def entities(organization: Work) -> str:
    """Every member with its parents, in Cedar's JSON."""
    parents: dict[str, list[dict[str, str]]] = {}
    for member, row in organization.grants():
        parents.setdefault(member, []).append({"type": "Row", "id": row})
    for user, group in organization.memberships():
        parents.setdefault(user, []).append({"type": "Member", "id": group})
    return json.dumps(
        [
            {"uid": {"type": "Member", "id": member}, "attrs": {}, "parents": above}
            for member, above in parents.items()
        ]
    )


def rendered(request: Request) -> dict[str, object]:
    """A request in Cedar's form."""
    return {
        "principal": {"type": "Member", "id": request.user},
        "action": 'Action::"open"',
        "resource": {"type": "App", "id": request.host},
        "context": {"age": request.ageSeconds, "idle": request.idleSeconds},
    }


def engine_nanoseconds(request: dict[str, object], policy_set: object, entity_set: object, seconds: float) -> float:
    """The least mean of batches, by the engine's own timer."""
    least = float("inf")
    end = time.perf_counter() + seconds
    while least == float("inf") or time.perf_counter() < end:
        answers = cedarpy.is_authorized_batch([request] * 50, policy_set, entity_set)
        total = sum(answer.metrics["authz_duration_micros"] for answer in answers)
        least = min(least, 1_000 * total / len(answers))
    return least


def main() -> None:
    """Prints one measurement."""
    organization = work.read()
    policy_set = cedarpy.PolicySet.from_str(policies(organization))
    entity_set = cedarpy.Entities.from_json_str(entities(organization))

    def decide(request: Request) -> bool:
        return cedarpy.is_authorized(rendered(request), policy_set, entity_set).allowed

    verdicts = work.check(PEER, organization, decide)
    measured = rendered(organization.requests[0])
    least = engine_nanoseconds(measured, policy_set, entity_set, organization.seconds)
    print(json.dumps([work.result(ENGINE, PEER, least, "its engine's timer", verdicts)]))


if __name__ == "__main__":
    main()
