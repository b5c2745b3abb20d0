"""`qipan standard`: exit codes, what is said, and that nothing is half done."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import qipan
from qipan import __version__
from qipan.project import cli
from qipan.project.terminal import split_language
from qipan.spine.standards.models import Edition

PACKS = Path(qipan.__file__).parent / "packs"
NATIONAL = str(PACKS / "cn-national-2015.yaml")
MINORS = str(PACKS / "cn-minors-2016.yaml")


@pytest.fixture
def wrong(tmp_path: Path) -> str:
    path = tmp_path / "wrong.yaml"
    path.write_text(
        (PACKS / "litter-index.yaml").read_text(encoding="utf-8").replace("total: 100", "total: 90"), "utf-8"
    )
    return str(path)


def test_check_says_what_a_file_holds(capsys):
    assert cli.main(["--lang", "en", "standard", "check", NATIONAL, MINORS]) == 0
    out = capsys.readouterr().out.splitlines()
    assert len(out) == 2
    assert "131 checks, 100 points, partial" in out[0]
    assert cli.main(["standard", "check", "--lang=zh", NATIONAL]) == 0
    assert "131 个测评点，100 分，内容不全" in capsys.readouterr().out


def test_a_wrong_file_is_refused_with_2_and_its_line(capsys, wrong: str):
    assert cli.main(["standard", "check", NATIONAL, wrong, "none.yaml", "--lang", "en"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "wrong.yaml: line " in err
    assert "not 90" in err
    assert "none.yaml: there is no such file" in err


def test_a_wrong_call_is_refused_with_2(capsys):
    for call in ([], ["standard"], ["standard", "check"], ["nonsense"], ["standard", "export", NATIONAL]):
        assert cli.main([*call, "--lang", "zh"]) == 2
        assert "调用有误" in capsys.readouterr().err


def test_the_version_is_printed(capsys):
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"qipan {__version__}\n"


def test_help_lists_every_command(capsys):
    assert cli.main(["--help"]) == 0
    out = capsys.readouterr().out
    assert all(name in out for name in cli.COMMANDS)


def test_export_and_import_give_no_difference(tmp_path: Path, capsys):
    for name in ("n.xlsx", "n.yaml"):
        out = str(tmp_path / name)
        assert cli.main(["standard", "export", NATIONAL, out, "--lang", "en"]) == 0
        capsys.readouterr()
        assert cli.main(["standard", "diff", NATIONAL, out, "--exit-code", "--lang", "en"]) == 0
        assert capsys.readouterr().out == "no difference\n"


def test_export_writes_over_nothing_unless_told(tmp_path: Path, capsys):
    out = tmp_path / "n.yaml"
    out.write_text("mine")
    assert cli.main(["standard", "export", NATIONAL, str(out)]) == 2
    assert out.read_text() == "mine"
    assert cli.main(["standard", "export", NATIONAL, str(out), "--force"]) == 0
    assert cli.main(["standard", "export", NATIONAL, str(tmp_path / "none" / "n.yaml")]) == 2
    assert cli.main(["standard", "export", NATIONAL, str(tmp_path / "n.pdf")]) == 2
    assert cli.main(["standard", "export", str(PACKS / "functions.yaml"), str(tmp_path / "f.xlsx")]) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["n.yaml"]


def test_a_shipped_standard_is_named_by_its_id(tmp_path: Path, capsys):
    out = str(tmp_path / "mine.xlsx")
    assert cli.main(["standard", "export", "cn-minors-2016", out]) == 0
    assert cli.main(["standard", "diff", "cn-minors-2016", out, "--exit-code"]) == 0


def test_diff_says_what_differs(capsys):
    assert cli.main(["standard", "diff", NATIONAL, MINORS, "--lang", "en"]) == 0
    assert "standard: id changed from ‘cn-national-2015’ to ‘cn-minors-2016’" in capsys.readouterr().out
    assert cli.main(["standard", "diff", NATIONAL, MINORS, "--exit-code", "--format", "json"]) == 1
    rows = json.loads(capsys.readouterr().out)
    assert {"area", "change", "zh", "en"} == set(rows[0])
    assert cli.main(["standard", "diff", NATIONAL, str(PACKS / "functions.yaml")]) == 2


@pytest.mark.django_db
def test_import_stores_all_or_nothing(capsys, wrong: str, tmp_path: Path):
    assert cli.main(["standard", "import", NATIONAL, wrong]) == 2
    assert not Edition.objects.exists()
    capsys.readouterr()
    assert cli.main(["standard", "import", NATIONAL, MINORS, "--lang", "en"]) == 0
    assert capsys.readouterr().out.count(": stored") == 2
    assert cli.main(["standard", "import", NATIONAL, "--lang", "en"]) == 0
    assert "already stored, unchanged" in capsys.readouterr().out
    assert Edition.objects.count() == 2

    name = Edition.objects.get(name="cn-national-2015").hash
    out = tmp_path / "back.xlsx"
    assert cli.main(["standard", "export", name[:12], str(out)]) == 0
    assert cli.main(["standard", "diff", name, str(out), "--exit-code"]) == 0
    assert cli.main(["standard", "diff", "cn-national-2015", "unknown", "--lang", "en"]) == 2
    assert "nor an edition of this id or hash" in capsys.readouterr().err
    assert cli.main(["standard", "list"]) == 0
    assert capsys.readouterr().out.count("\n") == 2


@pytest.mark.django_db
def test_replace_nothing_refuses_another_edition_of_the_same_id(capsys, tmp_path: Path):
    assert cli.main(["standard", "import", NATIONAL]) == 0
    other = tmp_path / "other.yaml"
    text = Path(NATIONAL).read_text(encoding="utf-8")
    assert "honour: national" in text
    other.write_text(text.replace("honour: national", "honour: provincial", 1), encoding="utf-8")
    assert cli.main(["standard", "import", str(other), "--replace-nothing"]) == 2
    assert Edition.objects.count() == 1
    assert cli.main(["standard", "import", str(other)]) == 0
    assert Edition.objects.count() == 2


def test_files_alone_need_no_django():
    code = (
        "import sys; from qipan.project.cli import main;"
        f"assert main(['standard', 'diff', {NATIONAL!r}, {MINORS!r}]) == 0;"
        "assert not any(name.split('.')[0] in ('django', 'numpy') for name in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


@pytest.mark.parametrize(
    ("words", "environ", "language", "rest"),
    [
        (["a", "--lang", "zh", "b"], {}, "zh", ["a", "b"]),
        (["--lang=en"], {"LANG": "zh_CN.UTF-8"}, "en", []),
        (["x"], {"LANG": "zh_CN.UTF-8"}, "zh", ["x"]),
        (["x"], {"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en", ["x"]),
        (["--", "--lang", "zh"], {}, "en", ["--", "--lang", "zh"]),
        (["--lang"], {}, "en", ["--lang"]),
    ],
)
def test_the_language_is_the_locales_or_as_told(words, environ, language, rest):
    assert split_language(words, environ) == (language, rest)
