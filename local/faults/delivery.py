"""How contact records get from the sender to the stream: at least once, and in no order to rely on."""

import random
from collections.abc import Iterable


class Delivery:
    """Delivers records as they are, until `duplicates` or `reordering` is true.

    `chance` decides which order it is; the same seed decides the same.
    """

    def __init__(self, chance: random.Random | None = None) -> None:
        self.duplicates = self.reordering = False
        self._chance = chance or random.Random()  # noqa: S311  nothing secret depends on it

    def delivered(self, records: Iterable[bytes]) -> list[bytes]:
        """Return the records as they arrive."""
        arriving = [record for record in records for _ in range(1 + self.duplicates)]
        if self.reordering:
            self._chance.shuffle(arriving)
        return arriving
