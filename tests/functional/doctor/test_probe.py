"""O3: the probe finds out how an account behaves, and removes what it made."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from administration.doctor.probe import probing
from administration.doctor.probe.fact import Fact
from administration.doctor.probe.facts import FACTS, PROBED
from administration.doctor.probe.facts_by_hand import BY_HAND
from administration.doctor.probe.trial import MARK, Trial
from administration.doctor.system import DoctorError
from connect_zendesk.ledger import probed
from tests.functional.doctor.living import ANA, INTEGRATION, ZENDESK, Living

#: Of each fact, how the stand-in is made to behave, and the answer that has to be found then.
OTHERWISE: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("external-id-list", {}, "at once"),
    ("external-id-list", {"external_id_list_lag": timedelta(seconds=30)}, "later"),
    ("voice-channel", {}, "voice"),
    ("voice-channel", {"voice_ticket_channel": "api"}, "api"),
    ("voice-comment-privacy", {}, "public"),
    ("voice-comment-privacy", {"voice_comment_public": "always"}, "public"),
    ("voice-comment-privacy", {"voice_comment_public": "never"}, "private"),
    ("voice-comment-stamp", {}, "looked at"),
    ("voice-comment-stamp", {"voice_comment_stamp": "ignored"}, "written all the same"),
    ("voice-comment-mark", {}, "kept"),
    ("voice-comment-mark", {"voice_comment_metadata": "lost"}, "lost"),
    ("text-beside-voice", {}, "one of them"),
    ("text-beside-voice", {"text_comment_wins": False}, "both"),
    ("conflict-counts", {}, "counted"),
    ("conflict-counts", {"conflict_counts": False}, "free"),
    ("conflict-counts", {"limit_headers": "rate-limit"}, "counted"),
    ("comment-size", {}, "60000"),
    ("comment-size", {"comment_size": 45_000}, "40000"),
    ("comment-size", {"comment_size": 45_000, "comment_too_long": "truncate"}, "40000"),
    ("closed-says", {}, "status"),
    ("closed-says", {"closed_error_key": "base"}, "base"),
    ("closed-says", {"closed_error_code": "ClosedTicket"}, "status, with a code"),
    ("closed-says", {"closed_error_key": "base", "closed_error_code": "ClosedTicket"}, "base, with a code"),
    ("follow-up", {}, "as sent"),
    ("tags-taken-off", {}, "that one"),
    ("tags-taken-off", {"tags_path_deletes": False}, "refused"),
    ("merge-in-audits", {}, "named"),
    ("merge-in-audits", {"merge_in_audits": False}, "not named"),
    ("merge-event", {}, "ticket.merged"),
    ("merge-event", {"merge_event": "ticket_merged"}, "none of that name"),
    ("voice-ticket-key", {}, "ignored"),
    ("voice-ticket-key", {"voice_tickets_idempotent": True}, "honoured"),
    ("suspended-requester", {}, "refused by code"),
    ("suspended-requester", {"suspended_says": "sentence"}, "refused by name"),
    ("suspended-requester", {"suspended_requester_refused": False}, "accepted"),
    ("external-ids", {}, "unique"),
    ("external-ids", {"external_id_unique_among_users": False}, "shared"),
    ("email-taken", {}, "by code"),
    ("phone-taken", {}, "by code"),
    ("phone-taken", {"duplicate_phone_says": "sentence"}, "by name"),
    ("unknown-user-field", {}, "ignored"),
    ("unknown-user-field", {"unknown_user_fields": "refused"}, "refused"),
    ("user-fields-not-given", {}, "kept"),
    ("user-fields-not-given", {"user_fields_not_given": "emptied"}, "emptied"),
    ("merged-user", {}, "missing"),
    ("merged-user", {"merged_user": "inactive"}, "inactive"),
    ("phone-notations", {}, "found"),
    ("phone-notations", {"phone_wildcard_reads": "text"}, "not found"),
    ("phone-notations", {"validate_phone_numbers": True}, "no such numbers"),
    ("phone-identities", {}, "not found"),
    ("phone-identities", {"search_finds_phone_identities": True}, "found"),
)


def fact(name: str) -> Fact:
    (found,) = [each for each in PROBED if each.id == name]
    return found


def everything(system: Living) -> dict[str, Any]:
    """Return what people see in the account: tickets, users, pops."""
    return {
        "tickets": system.zendesk.tickets(),
        "users": [user for user in system.zendesk.users() if user.get("active", True)],
        "deleted": system.zendesk.act(INTEGRATION, "GET", "/api/v2/deleted_tickets").json()[
            "deleted_tickets"
        ],
    }


@pytest.mark.parametrize(("name", "options", "answer"), OTHERWISE)
def test_O3_an_experiment_finds_the_truth_and_leaves_nothing(
    system: Living, name: str, options: dict[str, Any], answer: str
) -> None:
    system.restart(**options)
    before = everything(system)
    tried, left = probing.experiments(probing.trial_of(system.system()), lambda _: None, [fact(name)])
    assert [(one.answer, one.problem) for one in tried] == [(answer, "")]
    assert answer in fact(name).answers
    assert left == []
    system.sleep(120)
    assert everything(system) == before


def test_O3_every_experiment_is_tried_and_nearly_all_both_ways() -> None:
    assert {name for name, _, _ in OTHERWISE} == {each.id for each in PROBED}
    once = {
        each.id for each in PROBED if len({answer for name, _, answer in OTHERWISE if name == each.id}) == 1
    }
    assert once == {"follow-up", "email-taken"}  # no other answer of theirs was ever seen


def test_O3_the_command_says_what_held_and_keeps_the_answers(system: Living) -> None:
    system.restart(voice_comment_public="never")
    before = everything(system)
    done, said = system.run("--probe", "--yes")
    assert done
    assert "OTHERWISE  voice-comment-privacy" in said
    assert "as assumed voice-comment-mark" in said
    assert said.endswith("Everything that was made is removed.")
    probe = probed.probe_of(system.system().ledger)
    assert probe.answers["voice-comment-privacy"] == "private"
    assert probe.answers.keys() == {each.id for each in PROBED}
    system.sleep(120)
    assert everything(system) == before
    (seen,) = [each.what for each in system.seen() if each.what.startswith("probed")]
    assert "voice-comment-privacy (private)" in seen


def test_O3_without_a_yes_nothing_is_tried(system: Living) -> None:
    revision = system.zendesk.revision
    done, said = system.run("--probe", ask=lambda _: "n")
    assert not done
    assert said.endswith("Nothing was tried.")
    assert system.zendesk.revision == revision


def test_O3_an_answer_with_which_something_is_lost_is_a_finding_from_then_on(system: Living) -> None:
    system.restart(external_id_unique_among_users=False)
    done, _ = system.run("--probe", "--yes")
    assert not done
    assert [finding.name for finding in system.findings()] == ["assumption-external-ids"]


def test_O3_what_cannot_be_found_out_keeps_its_answer_of_before(system: Living) -> None:
    ledger = system.system().ledger
    probed.remember(ledger, {"voice-ticket-key": "honoured", "merge-event": "ticket.merged"})
    system.zendesk_world = {**ZENDESK, "plan": {"talk_partner_edition": False}}
    system.restart()
    done, said = system.run("--probe", "--yes")
    assert done
    assert "not known  voice-ticket-key" in said
    assert probed.probe_of(ledger).answers["voice-ticket-key"] == "honoured"


# Removal, whatever happens


class Died(Exception):
    """An experiment that ends in a way that no one foresaw."""


@dataclass
class Dying:
    """Answers requests until one more would be the `after`-th, which raises an error."""

    after: int
    raised: type[BaseException]
    made: int = field(default=0)

    def arm(self, trial: Trial) -> None:
        post = trial.zendesk.post

        def counted(*asked: Any, **more: Any) -> Any:
            answer = post(*asked, **more)
            self.made += 1
            if self.made == self.after:
                raise self.raised("in the middle")
            return answer

        trial.zendesk.post = counted  # type: ignore[method-assign]


@pytest.mark.parametrize("raised", [Died, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("after", [1, 4, 9])
def test_O3_what_was_made_is_removed_when_the_experiment_dies(
    system: Living, after: int, raised: type[BaseException]
) -> None:
    before = everything(system)
    trial = probing.trial_of(system.system())
    Dying(after, raised).arm(trial)
    with pytest.raises(raised):
        probing.experiments(trial, lambda _: None)
    system.sleep(120)
    assert everything(system) == before


def killed(system: Living) -> None:
    """Leave what a run leaves that is ended by force."""
    trial = probing.trial_of(system.system())
    trial.ticket(public=True)
    trial.user()
    system.sleep(300)


def test_O3_what_a_killed_probe_has_left_is_found_and_removed(system: Living) -> None:
    before = everything(system)
    killed(system)
    finding = system.found("probe-left-over")
    assert finding.what.endswith("1 tickets and 2 users")
    assert finding.cure == (probing.REMOVE,)
    done, said = system.run("--probe", "--remove")
    assert done
    assert said == "Everything that was made is removed."
    system.sleep(300)
    assert everything(system) == before
    assert system.findings() == []


def test_O3_the_next_probe_removes_what_a_killed_one_has_left(system: Living) -> None:
    before = everything(system)
    killed(system)
    probing.experiments(probing.trial_of(system.system()), lambda _: None, [fact("voice-channel")])
    system.sleep(300)
    assert everything(system) == before


def test_O3_only_what_has_the_mark_is_removed(system: Living) -> None:
    mine = {"subject": MARK, "tags": [MARK], "requester_id": ANA, "comment": {"body": MARK}}
    system.agent_does("POST", "/api/v2/tickets", {"ticket": mine})
    system.agent_does(
        "POST", "/api/v2/users", {"user": {"name": "connect-zendesk probe", "external_id": "mine"}}
    )
    system.sleep(300)
    before = everything(system)
    system.run("--probe", "--remove")
    assert everything(system) == before


def test_O3_what_cannot_be_removed_is_named(system: Living) -> None:
    trial = probing.trial_of(system.system())
    number = trial.ticket()["id"]
    system.zendesk.faults.outage(count=1000)
    left = trial.remove()
    assert f"/tickets/{number}" in left


def test_O3_an_outage_in_the_middle_is_said_of_each_experiment(system: Living) -> None:
    tried, _ = probing.experiments(_broken(system), lambda _: None, PROBED[:3])
    assert all(one.problem and not one.answer for one in tried)


def _broken(system: Living) -> Trial:
    trial = probing.trial_of(system.system())
    system.zendesk.faults.outage(count=1000)
    return trial


def test_O3_without_the_ledger_the_command_says_so(system: Living) -> None:
    system.output("TableName", "NoSuchTable")
    with pytest.raises(DoctorError, match="The probe has ended"):
        system.run("--probe", "--yes")


# The table


def test_O3_facts_have_names_of_their_own_and_an_assumed_answer_that_is_foreseen() -> None:
    assert len({each.id for each in FACTS}) == len(FACTS)
    assert len(FACTS) >= 30
    for each in PROBED:
        assert each.assumed in each.answers, each.id
        assert len(each.answers) > 1, each.id
        assert set(each.harmful) < each.answers.keys(), each.id
        assert each.assumed not in each.harmful, each.id
        assert each.experiment is not None
    assert all(each.experiment is None and each.how.endswith(".") for each in BY_HAND)
