"""Pure decisions, without a database."""
