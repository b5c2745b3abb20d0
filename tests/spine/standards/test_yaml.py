"""Every refusal of a YAML pack names the file and the line, and says what would be right."""

from pathlib import Path

import pytest

from qipan.ground.documents.problems import FileError
from qipan.ground.documents.yaml_file import write_yaml
from qipan.spine.standards import formats


def lines_of(data: dict, tmp_path: Path, *replaced: tuple[str, str]) -> list[str]:
    path = tmp_path / "s.yaml"
    text = write_yaml(data)
    for old, new in replaced:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileError) as caught:
        formats.load(path)
    found = []
    for problem in caught.value.problems:
        line = text.splitlines()[problem.place.line - 1]
        found.append(f"{line.strip()} | {problem.message.en} | {problem.remedy.en}")
    return found


@pytest.mark.parametrize(
    ("replaced", "line", "said"),
    [
        (("points: 60", "points: 50"), "shares:", "they must make 100"),
        (("code: 1.1.2", "code: 1.1.1"), "code: 1.1.1", "stands twice"),
        (("code: 1.1.2", "code: 1.10"), "code: 1.10", "must be a text"),
        (("method: document_review", "methode: document_review"), "methode: document_review", "not known here"),
        (("kind: graded_scale", "kind: [x]"), "kind: [x]", "must be a text"),
        (("id: made-up", "id: {a: 1}"), "id: {a: 1}", "must be a text"),
        (("need: 3", "need: three"), "need: three", "not a number"),
        (("B: '0.66'", "B: 66"), "B: 66", "out of range"),
        (("format: qipan-standard/1", "format: qipan-standard/9"), "format: qipan-standard/9", "not known"),
    ],
)
def test_a_wrong_line_is_named(small: dict, tmp_path: Path, replaced: tuple[str, str], line: str, said: str):
    found = lines_of(small, tmp_path, replaced)
    assert any(one.startswith((line, f"- {line}")) and said in one for one in found), found


@pytest.mark.parametrize("content", ["just words\n", "- a\n- list\n", "42\n", "a: [\n", "null\n", "format:\n"])
def test_what_is_no_pack_is_refused(tmp_path: Path, content: str):
    path = tmp_path / "s.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(FileError):
        formats.load(path)


def test_a_node_below_itself_is_refused(tmp_path: Path):
    path = tmp_path / "s.yaml"
    path.write_text(
        "format: qipan-standard/1\nid: x\ntitle: x\nnodes: &n\n  - code: a\n    title: a\n    children: *n\n"
    )
    with pytest.raises(FileError, match="contains itself"):
        formats.load(path)


def test_the_wrong_kind_and_an_unknown_ending_are_refused(small: dict, tmp_path: Path):
    path = tmp_path / "s.yaml"
    path.write_text(write_yaml(small), encoding="utf-8")
    with pytest.raises(FileError, match="wanted here: qipan-functions/1"):
        formats.load(path, "functions")
    with pytest.raises(FileError, match=r"use \.yaml or \.xlsx"):
        formats.load(tmp_path / "s.doc")
    with pytest.raises(FileError, match=r"cannot be written as '\.doc'"):
        formats.dump(formats.accept(small), ".doc")
