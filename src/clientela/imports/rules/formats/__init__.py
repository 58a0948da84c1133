"""Files that are no text tables: workbooks, Parquet, JSON. Each becomes rows of text cells."""
