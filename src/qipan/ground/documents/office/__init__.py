"""Tables as offices have them: two heading rows, merged cells, pictures in cells; xlsx, xls, docx and CSV."""
