"""What people ask: read-only, one file per family of questions."""
