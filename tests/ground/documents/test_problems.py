from qipan.assessment.text import InputError, Problem, Text
from qipan.ground.documents.headings import find, match, plain
from qipan.ground.documents.problems import FileError, FileProblem, Place, render

SUM = Text("份额之和为 99", "the shares make 99")


def test_a_problem_says_file_place_fault_and_remedy_in_both_languages():
    problem = FileProblem("w.xlsx", Place(sheet="指标 Nodes", cell="C7"), SUM, Text("应为 100", "they must make 100"))
    assert problem.words("en") == "w.xlsx: sheet ‘指标 Nodes’, cell C7: the shares make 99. they must make 100."
    assert problem.words("zh") == "w.xlsx：工作表“指标 Nodes”单元格 C7：份额之和为 99。应为 100。"


def test_a_problem_without_a_place_names_its_path():
    error = FileError.placed("f", InputError([Problem(("nodes", 0), SUM)]), lambda path: Place())
    assert error.problems[0].words("en") == "f: nodes.0: the shares make 99."


def test_many_problems_are_cut_and_equal_ones_told_once():
    problems = [FileProblem("f", Place(line=n // 2), SUM) for n in range(200)]
    lines = render(problems, "zh", shown=10).splitlines()
    assert len(lines) == 11
    assert lines[-1] == "……另有 90 处问题"


def test_headings_are_found_whatever_decorates_them():
    names = {"code": ("编号", "code"), "title": ("名称",)}
    assert plain("编 号\n（必填）*") == "编号"
    assert match(["ＣＯＤＥ", "名称:", "编号"], names) == {"code": 0, "title": 1}
    rows = [["创建任务表", ""], ["填报单位：", ""], ["编号", "名称"], ["名称", "x"]]
    assert find(rows, names, least=2) == (2, {"code": 0, "title": 1})
    assert find([["x"]], names) is None
