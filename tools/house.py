"""The floors and rooms of the house, read from the import contracts in pyproject.toml, so that they are listed once."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a module lives; a smaller place is lower in the house."""

    floor: int
    room: int


@dataclass(frozen=True, slots=True)
class House:
    """The floors, lowest first, and the rooms of each floor that has an order of its own."""

    floors: tuple[str, ...]
    rooms: dict[str, tuple[str, ...]]

    def place(self, module: str) -> Place | None:
        """The place of `qipan.<floor>.<room>…`, or None for a module outside the house."""
        parts = module.split(".")
        if len(parts) < 2 or parts[0] != "qipan" or parts[1] not in self.floors:
            return None
        rooms = self.rooms.get(parts[1], ())
        room = rooms.index(parts[2]) if len(parts) > 2 and parts[2] in rooms else 0
        return Place(self.floors.index(parts[1]), room)


def read_house(root: Path = ROOT) -> House:
    """The house as the contracts of kind `layers` describe it."""
    with open(root / "pyproject.toml", "rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    layers: dict[str, tuple[str, ...]] = {}
    for contract in contracts:
        if contract["type"] == "layers":
            names = [name.strip("() ") for name in reversed(contract["layers"])]
            for container in contract["containers"]:
                layers[container] = tuple(names)
    floors = layers.pop("qipan")
    return House(floors, {container.removeprefix("qipan."): rooms for container, rooms in layers.items()})
