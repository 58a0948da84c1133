"""One condition language: a JSON tree, read into typed nodes, judged of one row, put in words."""
