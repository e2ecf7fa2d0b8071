"""Pure geometry, no database: coordinates, coverage, measures."""
