"""What people do: a verb per function, one transaction each."""
