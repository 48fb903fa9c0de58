"""An open fact: about a service, not certain, and of consequence to the code."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from administration.doctor.probe.trial import Trial

LAYER = "layers/connect_zendesk/python/connect_zendesk"


@dataclass(frozen=True)
class Fact:
    """An open fact.

    Attributes:
        id: its name in the ledger and on the page.
        sheet, section: of docs/facts/ where it stands.
        question: what is open.
        depends: the file of the code that depends on it.
        how: what is done to find out; of a fact without an experiment, by an administrator.
        assumed: the answer that holds until another one is known.
        answers: by each answer, what the code then does.
        experiment: finds the answer, one of `answers`; raises `Unclear`.
        harmful: answers with which something is lost that the code cannot make up for.
    """

    id: str
    sheet: str
    section: str
    question: str
    depends: str
    how: str
    assumed: str
    answers: Mapping[str, str]
    experiment: Callable[[Trial], str] | None = None
    harmful: tuple[str, ...] = ()
