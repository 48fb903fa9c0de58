"""Every open fact, a row for each: docs/assumptions.md is made from them.

A fact with an experiment is tried by the probe. One without is tried by an administrator, as `how` says. What
the code follows by itself is in `connect_zendesk/rules/assumptions.py`.
"""

from administration.doctor.probe.facts_by_hand import BY_HAND
from administration.doctor.probe.facts_on_calls import ON_CALLS
from administration.doctor.probe.facts_on_tickets import ON_TICKETS
from administration.doctor.probe.facts_on_users import ON_USERS

PROBED = (*ON_CALLS, *ON_TICKETS, *ON_USERS)
FACTS = (*PROBED, *BY_HAND)
