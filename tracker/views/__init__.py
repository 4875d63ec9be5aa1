"""HTTP in and out: parse, one service call, answer. One stem per feature."""
