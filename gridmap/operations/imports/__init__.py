"""Importing files: staged and diagnosed, then loaded in one transaction, or thrown away.

Rows are copied into ``import_row`` by the job's login, whatever the importer may see; loading
is INSERT … SELECT under the importer's own viewer, so that the importer's rights decide.
"""
