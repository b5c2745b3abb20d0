import locks


def test_the_locks_of_the_repository_are_clean():
    assert list(locks.faults()) == []


def test_addresses_paths_and_missing_hashes_are_named(tmp_path):
    (tmp_path / "requirements").mkdir()
    (tmp_path / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling>=9"]\n[project]\ndependencies = []\n'
        "[project.optional-dependencies]\nparquet = []\n"
    )
    (tmp_path / "requirements/build.txt").write_text("--index-url https://example.org\nhatchling==1.0\n")
    for name in ("run.txt", "dev.txt"):
        (tmp_path / "requirements" / name).write_text("hatchling==9.1 \\\n    --hash=sha256:00\n")
    assert list(locks.faults(tmp_path)) == [
        "build.txt names an address or a path",
        "build.txt: hatchling==1.0 has no hash",
        "build.txt does not meet hatchling>=9; run make lock",
    ]
