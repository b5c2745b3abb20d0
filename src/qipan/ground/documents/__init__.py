"""Reading the files that an office has (YAML, workbooks, tables) and writing the ones that it wants."""
