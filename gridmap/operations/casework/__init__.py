"""Working an incident: every step of its life is one transaction, and one event."""
