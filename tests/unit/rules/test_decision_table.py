"""The decision table is what the cases say: every row, every row's place and every condition is needed.

Each mutant is the table with one thing wrong; the cases of the specification have to notice it.
"""

import ast
import copy
import inspect
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from connect_zendesk.rules.contacts import customer
from connect_zendesk.rules.contacts.facts import Facts
from connect_zendesk.rules.tickets import decision_table
from connect_zendesk.rules.tickets.decision_table import FORCED_RULES, RULES, Rule
from tests.unit.rules.cases import Case, expected_of, outcome_of
from tests.unit.rules.test_decisions import CASES
from tests.unit.rules.world import decide, settings_from

Table = tuple[Rule, ...]

#: Rows that may change places with the next, and why that changes nothing. By id and the row's sentence.
EITHER_WAY = {
    ("T13", "C"): "both leave the contact without a ticket, and no number says which of them tells it",
    ("C3", "C7"): "a task's customer is its ticket's requester: a task never has the problem C7",
    ("C7", "T5"): "a customer named by zendesk_user is one user or none, never several",
    ("T5", "C6"): "several users match, or none does",
    ("T1", "T3"): "the first asks for automatic, the second for manual",
    ("T8", "T3"): "manual with a recent ticket has been decided by the row before",
    ("T3", "T7"): "recent tickets are for incoming contacts, the second row for outgoing ones",
    ("T4", "T6"): "a customer is recognised or anonymous, not both",
}

#: Parts of conditions that may be left out, and why that changes nothing.
NEEDLESS = {
    f"lambda facts: True and {part}": "a contact that this row leaves to the agent is in doubt, and is never "
    "decided as if automatic; should that change, nothing is left to an agent who has gone"
    for part in (
        "requested_by_another(facts)",
        "facts.customer.problem == 'unusable user'",
        "facts.customer.kind == 'ambiguous'",
        "facts.leg.channel == 'TASK'",
        "facts.customer.problem == 'unmatched chat' and (not facts.customer.new_user.display_name)",
    )
}


def noticed() -> bool:
    """Tell whether some case notices what has been changed."""
    return any(not _passes(case) for case in CASES)


def _passes(case: Case) -> bool:
    try:
        return outcome_of(case) == expected_of(case)
    except Exception:  # noqa: BLE001 - a table that fails is noticed
        return False


def _named(table: str, number: int) -> str:
    rule = getattr(decision_table, table)[number]
    return f"{table}[{number}] {rule.id} {rule.when}"


ROWS = [("RULES", number) for number in range(len(RULES))]
ROWS += [("FORCED_RULES", number) for number in range(len(FORCED_RULES))]
PAIRS = [(table, number) for table, number in ROWS if number + 1 < len(getattr(decision_table, table))]


def _ids(rows: list[tuple[str, int]]) -> list[str]:
    return [_named(*row) for row in rows]


def test_the_cases_notice_nothing_where_nothing_is_wrong() -> None:
    assert not noticed()


def test_no_two_rows_say_the_same() -> None:
    said = [rule.reason for rule in (*RULES, *FORCED_RULES)]
    assert len(said) == len({(reason.rule, reason.text) for reason in said})


@pytest.mark.parametrize(("table", "number"), ROWS, ids=_ids(ROWS))
def test_every_row_decides_a_case(table: str, number: int) -> None:
    row: Rule = getattr(decision_table, table)[number]
    decided = (
        decide(case.contact, settings_from(case.settings), case.world, case.stage)[0] for case in CASES
    )
    assert any(row.reason.row in {reason.row for reason in decision.reasons} for decision in decided)


@pytest.mark.parametrize(("table", "number"), ROWS, ids=_ids(ROWS))
def test_without_a_row_a_case_fails(table: str, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rows: Table = getattr(decision_table, table)
    monkeypatch.setattr(decision_table, table, rows[:number] + rows[number + 1 :])
    assert noticed()


@pytest.mark.parametrize(("table", "number"), PAIRS, ids=_ids(PAIRS))
def test_with_two_rows_swapped_a_case_fails(table: str, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rows: Table = getattr(decision_table, table)
    one, other = rows[number : number + 2]
    monkeypatch.setattr(decision_table, table, (*rows[:number], other, one, *rows[number + 2 :]))
    assert noticed() is ((one.id, other.id) not in EITHER_WAY)


def test_T13_T15_only_these_may_get_a_ticket_after_all() -> None:
    assert {rule.id: rule.settles for rule in RULES if rule.settles != "for good"} == {
        "T13": "until answered",
        "T15": "until an earlier record",
    }
    assert {rule.settles for rule in FORCED_RULES} == {"for good"}


def test_T8_the_rows_of_forced_creation_say_so_and_no_other_does() -> None:
    assert all(rule.forced for rule in FORCED_RULES)
    assert not any(rule.forced for rule in RULES)


@pytest.mark.parametrize(
    "number",
    [
        number
        for number, rule in enumerate(RULES)
        if rule.then.endswith(("the agent decides", "the agent searches and chooses"))
    ],
)
def test_T8_with_a_row_that_leaves_the_customer_in_doubt_or_not_inverted_a_case_fails(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = replace(RULES[number], in_doubt=not RULES[number].in_doubt)
    monkeypatch.setattr(decision_table, "RULES", (*RULES[:number], row, *RULES[number + 1 :]))
    assert noticed()


def test_the_last_row_always_applies() -> None:
    nobody = Facts(CASES[0].contact, settings_from({}), CASES[0], None)  # type: ignore[arg-type]
    assert RULES[-1].applies(nobody)
    assert FORCED_RULES[-1].applies(nobody)


def _conditions(table: str) -> list[ast.expr]:
    """Return each row's condition as it is written."""
    for node in ast.parse(inspect.getsource(decision_table)).body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == table:
            assert isinstance(node.value, ast.Tuple)
            rows = [row for row in node.value.elts if isinstance(row, ast.Call)]
            return [row.args[3] for row in rows]
    raise AssertionError(f"there is no {table}")


_INVERTED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}


def _inverted(condition: ast.expr) -> Iterator[ast.expr]:
    """Yield the condition with the whole or one part of it inverted, or one part of it left out."""
    for number, node in enumerate(ast.walk(condition)):
        if isinstance(node, ast.Lambda):
            changed = copy.deepcopy(condition)
            assert isinstance(changed, ast.Lambda)
            changed.body = ast.UnaryOp(ast.Not(), changed.body)
            yield changed
        elif isinstance(node, ast.Compare):
            changed = copy.deepcopy(condition)
            compare = list(ast.walk(changed))[number]
            assert isinstance(compare, ast.Compare)
            compare.ops = [_INVERTED[type(compare.ops[0])]()]
            yield changed
        elif isinstance(node, ast.BoolOp):
            for part in range(len(node.values)):
                for left_out in (False, True):
                    changed = copy.deepcopy(condition)
                    parts = list(ast.walk(changed))[number]
                    assert isinstance(parts, ast.BoolOp)
                    without = ast.Constant(isinstance(parts.op, ast.And))
                    parts.values[part] = without if left_out else ast.UnaryOp(ast.Not(), parts.values[part])
                    yield changed


def _mutants() -> Iterator[tuple[str, int, str, Callable[[Facts], bool]]]:
    for table, number in ROWS:
        for changed in _inverted(_conditions(table)[number]):
            expression = ast.fix_missing_locations(ast.Expression(changed))
            written = ast.unparse(expression)
            code = compile(expression, "mutant", "eval")
            yield table, number, written, eval(code, vars(decision_table))  # noqa: S307 - our own, with one thing wrong


MUTANTS = list(_mutants())


@pytest.mark.parametrize(
    ("table", "number", "written", "applies"),
    MUTANTS,
    ids=[f"{table}[{number}] {written}" for table, number, written, _ in MUTANTS],
)
def test_with_a_condition_inverted_or_part_of_it_left_out_a_case_fails(
    table: str,
    number: int,
    written: str,
    applies: Callable[[Facts], bool],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = list(getattr(decision_table, table))
    rows[number] = replace(rows[number], applies=applies)
    monkeypatch.setattr(decision_table, table, tuple(rows))
    assert noticed() is (written not in NEEDLESS)


WAYS = [
    (table, row)
    for table in ("OF_A_CALL", "OF_A_WEB_CALL", "OF_A_CHAT")
    for row in range(len(getattr(customer, table)))
]


@pytest.mark.parametrize(("table", "number"), WAYS)
def test_without_a_way_of_finding_the_customer_a_case_fails(
    table: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ways = getattr(customer, table)
    monkeypatch.setattr(customer, table, ways[:number] + ways[number + 1 :])
    assert noticed()


@pytest.mark.parametrize(("table", "number"), [way for way in WAYS if way[1] > 0])
def test_with_two_ways_of_finding_the_customer_swapped_a_case_fails(
    table: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ways = list(getattr(customer, table))
    ways[number - 1], ways[number] = ways[number], ways[number - 1]
    monkeypatch.setattr(customer, table, tuple(ways))
    assert noticed()


@pytest.mark.parametrize(("table", "number"), WAYS)
def test_with_another_answer_where_a_way_finds_nobody_a_case_fails(
    table: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ways = list(getattr(customer, table))
    ways[number] = replace(
        ways[number], not_found="unmatched chat" if ways[number].not_found is None else None
    )
    monkeypatch.setattr(customer, table, tuple(ways))
    assert noticed()
