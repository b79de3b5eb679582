"""Which form of party organization the number of members allows."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from orgraph.schema import rule_in_force


def organization_form(members: Fraction | None, full_members: Fraction | None, on: date) -> str:
    """Return the form that counts of members allow on a day: ``committee``, ``general_branch``, ``branch``, ``joint_branch``; empty when unknown.

    Rural regulations, article 5 (R17): a committee from 100 members, a general branch above 50, a branch from 3 full members; before those
    regulations the customary ladder (R15), where 50 members are enough for a general branch. The form is a proposal: approval is a step of its own.
    """
    rural, custom = rule_in_force("R17", on), rule_in_force("R15", on)
    ladder = rural or custom
    if members is None or ladder is None:
        return ""
    if members >= ladder.number("committee"):
        return "committee"
    general = ladder.number("general_branch")
    if members > general or (members == general and rural is None):
        return "general_branch"
    if rural and full_members is not None and full_members < rural.number("min_full"):
        return "joint_branch"
    return "branch"
