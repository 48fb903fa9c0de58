"""What the rules speak of."""

from typing import Literal

#: How long it holds that a contact gets no ticket: a contact that no agent answered may be answered after all
#: (T13), and of an old contact the records from when it was new may come late (T15).
Settles = Literal["for good", "until answered", "until an earlier record"]
