"""The auditor's workbook: ledger, live formulas and checks, written to the same bytes everywhere."""
