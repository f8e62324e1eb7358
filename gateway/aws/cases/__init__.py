"""AWS Support cases: read and followed on tickets, written to once and never twice."""
