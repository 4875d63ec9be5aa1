"""Builders of rows, one module per stem. Each gives the least that the tables accept."""
