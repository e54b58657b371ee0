"""What a notebook works with: prose, tables and charts whose every number is a figure of the ledger."""
