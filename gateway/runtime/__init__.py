"""Processes: the supervisor, the embedded Redis, the limited child that reads mail."""
