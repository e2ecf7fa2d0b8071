"""Tables: columns, keys, constraints; no behavior. One file per entity.

Row security, triggers and checks stand in the migrations; a test holds the two together.
"""
