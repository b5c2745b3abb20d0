"""`qipan standard check | import | export | diff | list`: standards and the packs beside them.

Only `import`, `list`, and a stored edition named in `export` or `diff` need a database; files alone need no Django.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import qipan
from qipan.assessment.rules import plain
from qipan.assessment.standard import Standard
from qipan.assessment.text import Text
from qipan.ground.documents.problems import FileError
from qipan.project.terminal import DONE, FAILED, WRONG, complain, say, write_whole
from qipan.spine.standards import diff, formats
from qipan.spine.standards.formats import Pack

if TYPE_CHECKING:
    from qipan.project.commands import Subparsers

_PACKS = Path(qipan.__file__).parent / "packs"
_FILES = (".yaml", ".yml", ".json", ".xlsx", ".xlsm", ".xls", ".et")


def add(subparsers: Subparsers) -> None:
    """Describe the command."""
    language = _language(subparsers)

    def words(zh: str, en: str) -> str:
        return Text(zh, en).into(language)

    parser = subparsers.add_parser(
        "standard", help=words("测评标准：核对、导入、导出、比较", "standards: check, import, export, compare")
    )
    below = parser.add_subparsers(dest="act", required=True, metavar=words("动作", "action"))
    file = words("YAML 文件或填报工作簿", "a YAML file or an authoring workbook")
    either = words(
        "文件、随附标准的标识，或已存版本的标识或哈希",
        "a file, the id of a shipped pack, or the id or hash of a stored edition",
    )

    check = below.add_parser("check", help=words("核对文件，不写入", "check files, store nothing"))
    check.add_argument("files", nargs="+", type=Path, metavar="FILE", help=file)
    check.set_defaults(run=run_check)

    store = below.add_parser("import", help=words("存入数据库", "store in the database"))
    store.add_argument("files", nargs="+", type=Path, metavar="FILE", help=file)
    store.add_argument(
        "--replace-nothing",
        action="store_true",
        help=words("同一标识已有别的版本时拒绝", "refuse where another edition of the same id is stored"),
    )
    store.set_defaults(run=run_import)

    export = below.add_parser("export", help=words("导出为 YAML 或工作簿", "write as YAML or as a workbook"))
    export.add_argument("source", metavar="ID|FILE", help=either)
    export.add_argument("out", type=Path, metavar="OUT", help=words("out.yaml 或 out.xlsx", "out.yaml or out.xlsx"))
    export.add_argument("--force", action="store_true", help=words("覆盖已有文件", "write over a file that is there"))
    export.set_defaults(run=run_export)

    compare = below.add_parser("diff", help=words("两个版本有何不同", "what differs between two editions"))
    compare.add_argument("old", metavar="OLD", help=either)
    compare.add_argument("new", metavar="NEW", help=either)
    compare.add_argument("--format", choices=("text", "json"), default="text", help=words("输出格式", "of the output"))
    compare.add_argument(
        "--exit-code", action="store_true", help=words("有不同时退出码为 1", "exit with 1 when they differ")
    )
    compare.set_defaults(run=run_diff)

    listed = below.add_parser("list", help=words("列出已存的版本", "list the stored editions"))
    listed.set_defaults(run=run_list)


def _language(subparsers: Subparsers) -> str:
    return str(getattr(subparsers._parser_class, "language", "en"))


# --- the acts ---------------------------------------------------------------------------------------------------------


def run_check(arguments: argparse.Namespace) -> int:
    """Read files and say what they hold."""
    for path, pack in _load_all(arguments.files):
        say(_summary(str(path), pack), arguments.language)
    return DONE


def run_import(arguments: argparse.Namespace) -> int:
    """Store files as editions, all or none."""
    packs = _load_all(arguments.files)

    def act() -> int:
        from qipan.spine.standards import actions, queries

        if arguments.replace_nothing:
            refused = False
            for path, pack in packs:
                others = [row for row in queries.editions(pack.kind) if row.name == pack.name and row.hash != pack.hash]
                for row in others[:1]:
                    refused = True
                    complain(
                        Text(
                            f"{path}：“{pack.name}”已有另一版本 {row.hash[:12]}，未导入",
                            f"{path}: another edition of {pack.name} is stored ({row.hash[:12]}); nothing is imported",
                        ),
                        arguments.language,
                    )
            if refused:
                return WRONG
        before = {row.hash for row in queries.editions()}
        actions.store_packs([pack for _, pack in packs])
        for path, pack in packs:
            there = pack.hash in before
            say(
                Text(
                    f"{_summary(str(path), pack).zh}：{'已在库中，未变' if there else '已存入'}",
                    f"{_summary(str(path), pack).en}: {'already stored, unchanged' if there else 'stored'}",
                ),
                arguments.language,
            )
        return DONE

    return _with_database(act, arguments.language)


def run_export(arguments: argparse.Namespace) -> int:
    """Write a pack to a file."""
    out: Path = arguments.out
    if out.exists() and not arguments.force:
        raise FileError.one(
            out,
            Text("文件已存在", "the file is there already"),
            Text("换个名字，或加 --force", "name another, or add --force"),
        )
    if not out.parent.is_dir():
        raise FileError.one(out, Text("没有这个目录", "there is no such directory"))

    def act(pack: Pack) -> int:
        write_whole(out, formats.dump(pack, out.suffix, arguments.language))
        say(_summary(str(out), pack), arguments.language)
        return DONE

    return _with_packs(act, arguments.language, arguments.source)


def run_diff(arguments: argparse.Namespace) -> int:
    """Say what differs between two standards."""

    def act(old: Pack, new: Pack) -> int:
        for word, pack in ((arguments.old, old), (arguments.new, new)):
            if pack.kind != "standard":
                raise FileError.one(
                    word,
                    Text("这不是测评标准", "this is not a standard"),
                    Text("只能比较两个标准", "compare two standards"),
                )
        found = diff.compare(old.data, new.data)
        if arguments.format == "json":
            print(json.dumps([_as_data(one) for one in found], ensure_ascii=False, indent=2))
        elif found:
            for one in found:
                say(one.sentence(), arguments.language)
        else:
            say(Text("没有不同", "no difference"), arguments.language)
        return FAILED if found and arguments.exit_code else DONE

    return _with_packs(act, arguments.language, arguments.old, arguments.new)


def run_list(arguments: argparse.Namespace) -> int:
    """List what is stored."""

    def act() -> int:
        from qipan.spine.standards import queries

        for row in queries.editions():
            title = row.title.into(arguments.language)
            edition = row.edition.into(arguments.language)
            print("\t".join((row.hash[:12], row.kind, row.name, title, edition)))
        return DONE

    return _with_database(act, arguments.language)


# --- how they reach files and the database ---------------------------------------------------------------------------


def _load_all(paths: list[Path]) -> list[tuple[Path, Pack]]:
    """Read every file; the problems of all of them are told at once."""
    packs, problems = [], []
    for path in paths:
        try:
            packs.append((path, formats.load(path)))
        except FileError as error:
            problems += error.problems
    if problems:
        raise FileError(problems)
    return packs


def _with_packs(act: Callable[..., int], language: str, *words: str) -> int:
    """Run an act on packs, each named as a file, as a shipped pack or as a stored edition.

    The database is opened only for the last; a shipped id always names what was shipped.
    """
    paths = {word: path for word in words if (path := _path_of(word))}
    read = dict(_load_all(list(paths.values())))
    if len(paths) == len(set(words)):
        return act(*(read[paths[word]] for word in words))

    def with_stored() -> int:
        from qipan.spine.standards import queries

        packs = []
        for word in words:
            try:
                packs.append(read[paths[word]] if word in paths else queries.pack(queries.find(word).hash))
            except queries.UnknownEdition:
                raise FileError.one(
                    word,
                    Text(
                        "没有这个文件，也没有这个标识或哈希的版本",
                        "there is no such file, nor an edition of this id or hash",
                    ),
                    Text("qipan standard list 可列出已存的版本", "`qipan standard list` shows what is stored"),
                ) from None
        return act(*packs)

    return _with_database(with_stored, language)


def _path_of(word: str) -> Path | None:
    """Return the file that a word names, or the shipped pack."""
    path = Path(word)
    if path.suffix.lower() in _FILES or path.is_file():
        return path
    shipped = _PACKS / f"{word}.yaml"
    return shipped if "/" not in word and shipped.is_file() else None


def _with_database(act: Callable[[], int], language: str) -> int:
    """Run an act with Django set up; a database that does not answer, or lacks its tables, is a failure."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qipan.project.settings")
    import django
    from django.db import DatabaseError

    django.setup()
    try:
        return act()
    except DatabaseError as error:
        complain(
            Text(
                f"数据库不可用（{str(error).strip()}）；先运行一次 qipan run",
                f"the database cannot be used ({str(error).strip()}); start `qipan run` once",
            ),
            language,
        )
        return FAILED


def _summary(name: str, pack: Pack) -> Text:
    """Say in one line what a pack holds."""
    if not isinstance(pack.value, Standard):
        return Text(f"{name}：{pack.name}，{pack.hash[:12]}", f"{name}: {pack.kind} {pack.name}, {pack.hash[:12]}")
    standard = pack.value
    checks, nodes, total = sum(1 for _ in standard.checks()), len(standard.nodes), plain(standard.total)
    partial = standard.completeness.status == "partial"
    zh = f"{name}：{standard.title.into('zh')}，{nodes} 个节点，{checks} 个测评点，{total} 分"
    en = f"{name}: {standard.title.into('en')}, {nodes} nodes, {checks} checks, {total} points"
    return Text(
        f"{zh}{'，内容不全' if partial else ''}，{pack.hash[:12]}",
        f"{en}{', partial' if partial else ''}, {pack.hash[:12]}",
    )


def _as_data(one: diff.Difference) -> dict[str, Any]:
    said = one.sentence()
    return {"area": one.area, "change": one.change, "zh": said.zh, "en": said.en}
