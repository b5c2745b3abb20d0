"""Reading plain data (parsed YAML, JSON or a workbook) field by field, collecting every problem with its path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from qipan.assessment.scale import exact
from qipan.assessment.text import Basis, InputError, Problem, Text

Path = tuple[str | int, ...]


def _name(key: object) -> str:
    return {True: "true", False: "false"}[key] if isinstance(key, bool) else str(key)


class Fields:
    """One mapping of an input. What is asked for is checked; what nobody asked for is a problem when `done`."""

    def __init__(self, data: object, path: Path, problems: list[Problem]) -> None:
        self.path = path
        self.problems = problems
        self._asked: set[str] = set()
        self.raw = data
        if isinstance(data, Mapping):
            # YAML reads an unquoted 1 or yes as a number or a truth value; as a name it is the word that was written.
            plain = all(isinstance(key, str) for key in data)
            self.data: Mapping[str, Any] = data if plain else {_name(key): value for key, value in data.items()}
        else:
            self.data = {}
            self.report(Text("这里应当是一组“名称: 值”", "a mapping is expected here"), Text("", f"found {data!r:.60}"))

    def report(self, message: Text, remedy: Text = Text(), *, at: Path = ()) -> None:
        """Note a problem at this mapping, or at a path below it."""
        self.problems.append(Problem((*self.path, *at), message, remedy))

    def has(self, key: str) -> bool:
        """Return whether the key is given with a value."""
        self._asked.add(key)
        return self.data.get(key) is not None

    def _value(self, key: str, required: bool) -> Any:
        self._asked.add(key)
        value = self.data.get(key)
        if value is None and required:
            self.report(Text(f"缺少“{key}”", f"`{key}` is missing"), at=())
        return value

    def word(self, key: str, default: str = "", *, required: bool = False) -> str:
        """Return a short text that is not translated."""
        value = self._value(key, required)
        if value is None:
            return default
        if isinstance(value, (str, int)) and not isinstance(value, bool):
            return str(value).strip()
        self.report(Text(f"“{key}”应当是文字", f"`{key}` must be a text"), Text("", f"found {value!r:.60}"), at=(key,))
        return default

    def text(self, key: str, *, required: bool = False) -> Text:
        """Return a `Text` from {zh, en}, or from one string (taken as Chinese where it has Chinese characters)."""
        return self._as_text(self._value(key, required), key)

    def _as_text(self, value: object, *at: str | int) -> Text:
        if value is None:
            return Text()
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)  # an edition that is a year
        if isinstance(value, str):
            chinese = any("一" <= character <= "鿿" for character in value)
            return Text(value.strip(), "") if chinese else Text("", value.strip())
        if isinstance(value, Mapping) and set(value) <= {"zh", "en"}:
            zh, en = value.get("zh") or "", value.get("en") or ""
            if all(isinstance(words, (str, int)) and not isinstance(words, bool) for words in (zh, en)):
                return Text(str(zh).strip(), str(en).strip())
        self.report(
            Text("应当写成 {zh: …, en: …}", "must be {zh: …, en: …} or one text"),
            Text("", f"found {value!r:.60}"),
            at=at,
        )
        return Text()

    def texts(self, key: str) -> tuple[Text, ...]:
        """Return a list of texts."""
        return tuple(self._as_text(value, key, i) for i, value in enumerate(self.sequence(key)))

    def choice(self, key: str, allowed: Sequence[str], default: str = "") -> str:
        """Return one of the allowed words; without a default the key is required."""
        value = self.word(key, default, required=not default)
        if value and value not in allowed:
            self.report(
                Text(f"“{key}”不能是“{value}”", f"`{key}` cannot be {value!r}"),
                Text(f"可用：{'、'.join(allowed)}", f"use one of: {', '.join(allowed)}"),
                at=(key,),
            )
            return default or allowed[0]
        return value or allowed[0]

    def flag(self, key: str) -> bool:
        """Return a yes or no; no where it is silent."""
        value = self._value(key, False)
        if value is None or isinstance(value, bool):
            return bool(value)
        self.report(Text(f"“{key}”应当是 true 或 false", f"`{key}` must be true or false"), at=(key,))
        return False

    def number(
        self,
        key: str,
        default: Fraction | int | None = None,
        *,
        required: bool = False,
        low: Fraction | int | None = 0,
        high: Fraction | int | None = None,
    ) -> Fraction | None:
        """Return an exact number within bounds (both included)."""
        value = self._value(key, required)
        if value is None:
            return None if default is None else Fraction(default)
        return self._as_number(value, low, high, key) if value is not None else None

    def _as_number(
        self, value: object, low: Fraction | int | None, high: Fraction | int | None, *at: str | int
    ) -> Fraction | None:
        try:
            number = exact(value)
        except ValueError:
            self.report(
                Text(f"“{value}”不是数字", f"{value!r} is not a number"),
                Text("写成 5、0.66 或 2/3", 'write 5, 0.66 or "2/3"'),
                at=at,
            )
            return None
        if (low is not None and number < low) or (high is not None and number > high):
            bounds = f"{'' if low is None else low}…{'' if high is None else high}"
            self.report(
                Text(f"{value} 超出范围", f"{value} is out of range"),
                Text(f"应在 {bounds} 之间", f"must be within {bounds}"),
                at=at,
            )
            return None
        return number

    def whole(self, key: str, default: int | None = None, *, low: int = 0, high: int = 10**9) -> int | None:
        """Return a whole number within bounds."""
        number = self.number(key, default, low=low, high=high)
        if number is not None and number.denominator != 1:
            self.report(Text(f"“{key}”应当是整数", f"`{key}` must be a whole number"), at=(key,))
            return default
        return None if number is None else int(number)

    def sequence(self, key: str, *, required: bool = False) -> Sequence[Any]:
        """Return a list; empty where it is silent."""
        value = self._value(key, required)
        if value is None:
            return ()
        if isinstance(value, Sequence) and not isinstance(value, str):
            return value
        self.report(Text(f"“{key}”应当是列表", f"`{key}` must be a list"), at=(key,))
        return ()

    def mapping(self, key: str) -> Mapping[str, Any]:
        """Return a mapping; empty where it is silent."""
        value = self._value(key, False)
        if value is None:
            return {}
        if isinstance(value, Mapping):
            return value
        self.report(Text(f"“{key}”应当是一组“名称: 值”", f"`{key}` must be a mapping"), at=(key,))
        return {}

    def words(self, key: str) -> tuple[str, ...]:
        """Return a list of short texts; one text alone stands for a list of one."""
        value = self._value(key, False)
        if isinstance(value, (str, int)) and not isinstance(value, bool):
            return (str(value).strip(),)
        words: list[str] = []
        for i, word in enumerate(self.sequence(key)):
            if isinstance(word, (str, int)) and not isinstance(word, bool):
                words.append(str(word).strip())
            else:
                self.report(Text("应当是文字", "must be a text"), Text("", f"found {word!r:.60}"), at=(key, i))
        return tuple(words)

    def below(self, key: str) -> Fields | None:
        """Return the mapping under a key as fields of its own."""
        value = self._value(key, False)
        return None if value is None else Fields(value, (*self.path, key), self.problems)

    def each(self, key: str) -> Iterator[Fields]:
        """Yield each mapping of a list as fields of its own."""
        for i, value in enumerate(self.sequence(key)):
            yield Fields(value, (*self.path, key, i), self.problems)

    def basis(self, default: Basis | None = None) -> Basis | None:
        """Return the basis written beside a value: source, inferred or assumed."""
        if self.has("source"):
            return Basis("source", self.text("source"))
        if self.has("inferred"):
            return Basis("inferred", self.text("inferred"))
        if self.has("assumed"):
            value = self.data["assumed"]
            return Basis("assumed", Text() if value is True else self.text("assumed"))
        return default

    def done(self) -> None:
        """Report the keys that nobody asked for: a misspelt key must not be passed over in silence."""
        for key in self.data:
            if key not in self._asked:
                self.report(
                    Text(f"不认识“{key}”", f"`{key}` is not known here"),
                    Text(f"可用：{'、'.join(sorted(self._asked))}", f"known: {', '.join(sorted(self._asked))}"),
                    at=(str(key),),
                )


def finish(problems: list[Problem]) -> None:
    """Raise `InputError` when there is any problem."""
    if problems:
        raise InputError(problems)
