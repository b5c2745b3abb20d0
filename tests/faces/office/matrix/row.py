"""What a row of the matrix says."""

from dataclasses import dataclass, field
from typing import Any

from qipan.ground.units.models import Role
from qipan.ground.units.permissions import COUNTY

OPEN, SIGNED_IN, OFFICE = "everyone", COUNTY, frozenset({Role.OFFICE})
ANY_POST = frozenset(Role)


BY_LINK = "whoever holds a link"
"""The right lies in the address: anyone may ask, with any account or none, and gets what that address is for."""


@dataclass(frozen=True)
class Row:
    """One address: who may go there, and how it is asked."""

    who: Any
    method: str = "get"
    args: tuple[Any, ...] = ()
    data: dict[str, str] = field(default_factory=dict)
    answers: int = 200
    """What someone who may go there gets in this county."""
    bound: bool = False
    """Heads and liaisons reach only what their own unit leads, supports or has on its territory."""
    concerned: frozenset[Role] | None = None
    """Of a thing that is between persons: the roles of those whom it concerns; nobody else reaches it."""
    finder: bool = False
    """An inspector reaches only what they have found themselves."""
    owner: bool = False
    """A leader reaches only what they own themselves."""
