"""Work in the background: one file a job, which says when, and which operation."""
