"""Pure geometry, without a database; every function says its coordinate reference system."""
