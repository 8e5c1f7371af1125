"""What makes a notebook a page one wants to read: pictures, tables, links, contents, the index and the ledger."""
