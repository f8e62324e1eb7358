"""RFC 5321 and 5322 as values: no network, no database."""
