from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qipan.ground.documents import yaml_file
from qipan.ground.documents.problems import FileError, Place
from qipan.ground.documents.yaml_file import YamlFile, read_yaml, write_yaml


def refused(text: str) -> FileError:
    with pytest.raises(FileError) as caught:
        YamlFile("f.yaml", text)
    return caught.value


def test_words_stay_words_and_numbers_are_plain_decimals():
    data = YamlFile("f", "on: yes\na: 007\nb: 12:30\nc: 2015-01-01\nd: 1.50\ne: -3\nf: true\ng: ~\nh: 1_0\ni: '5'").data
    assert data == {
        "on": "yes", "a": "007", "b": "12:30", "c": "2015-01-01", "d": 1.5, "e": -3, "f": True, "g": None, "h": "1_0",
        "i": "5",
    }  # fmt: skip


def test_a_path_leads_to_the_line_of_its_key_or_of_what_is_above():
    file = YamlFile("f", "a: 1\nnodes:\n  - code: x\n  - code: y\n    checks:\n      - weight: 3\n")
    assert file.place(("nodes", 1, "checks", 0, "weight")) == Place(line=6, column=9)
    assert file.place(("nodes", 1, "missing", 0)) == Place(line=4, column=5)
    assert file.place(("nodes", 9)) == Place(line=2, column=1)
    assert file.place(()) == Place(line=1, column=1)


def test_broken_yaml_names_the_line():
    problem = refused("a: 1\nb: [1, 2\nc: 3\n").problems[0]
    assert problem.place.line == 3
    assert "broken YAML" in problem.words("en")
    assert problem.words("zh").startswith("f.yaml：第 3 行")


def test_every_double_key_is_reported():
    problems = refused("a: 1\na: 2\nb:\n  c: 1\n  c: 2\n").problems
    assert [problem.place.line for problem in problems] == [2, 5]
    assert "already stands in line 4" in problems[1].words("en")


@pytest.mark.parametrize("text", ["a: !!python/object:os.system x", "a: !x [1]", "? [1, 2]\n: 3", "a: !!binary aGk="])
def test_tags_and_odd_keys_are_refused(text):
    assert refused(text).problems[0].place.line == 1


def test_two_documents_are_refused():
    assert refused("a: 1\n---\nb: 2\n").problems[0].place.line >= 2


def test_an_alias_within_itself_is_refused():
    assert "contains itself" in refused("a: &x\n  b: *x\n").problems[0].words("en")


def test_a_bomb_of_aliases_is_refused_in_time(monkeypatch):
    monkeypatch.setattr(yaml_file, "MAX_VALUES", 10_000)
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    assert "aliases" in refused("\n".join(lines)).problems[0].words("en")


@pytest.mark.parametrize("text", ["[" * 20_000, "[" * 500 + "]" * 500, "- " * 3_000 + "x"])
def test_deep_nesting_is_refused(text):
    assert refused(text).problems


@pytest.mark.parametrize("text", ["", "# nothing\n"])
def test_an_empty_file_is_refused(text):
    assert "empty" in refused(text).problems[0].words("en")


def test_control_characters_are_refused_with_their_line():
    assert refused("a: 1\nb: x\x07y\n").problems[0].place.line == 2


def test_a_missing_a_large_and_a_binary_file_are_refused(tmp_path: Path, monkeypatch):
    with pytest.raises(FileError, match="no such file"):
        read_yaml(tmp_path / "none.yaml")
    with pytest.raises(FileError, match="not a file"):
        read_yaml(tmp_path)
    large = tmp_path / "large.yaml"
    large.write_bytes(b"a: 1\n" * 300_000)
    monkeypatch.setattr(yaml_file, "MAX_BYTES", 1024 * 1024)
    with pytest.raises(FileError, match="the limit is 1 MB"):
        read_yaml(large)
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"a: \xff\xff\xff")
    with pytest.raises(FileError, match="UTF-8"):
        read_yaml(binary)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_any_encoding_of_an_office_is_read(tmp_path: Path, encoding):
    path = tmp_path / "f.yaml"
    path.write_text("title: 测评体系\n", encoding=encoding)
    assert read_yaml(path).data == {"title": "测评体系"}


def plain() -> st.SearchStrategy[object]:
    text = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)
    scalars = st.none() | st.booleans() | st.integers(-(10**12), 10**12) | text
    return st.recursive(
        scalars, lambda s: st.lists(s, max_size=4) | st.dictionaries(text, s, max_size=4), max_leaves=20
    )


@given(plain())
def test_what_is_written_is_read_again(data):
    assert YamlFile("f", write_yaml({"data": data})).data == {"data": data}


@given(st.text(alphabet="a:-[]{}&*!|>'\"%@`#,? \n\t0123é中\x00\x1b", max_size=80))
def test_whatever_is_read_is_read_or_refused(text):
    try:
        YamlFile("f", text)
    except FileError as error:
        assert error.problems
