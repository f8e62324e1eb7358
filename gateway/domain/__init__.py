"""The contract as pure code: standard library only, answers are values and codes."""
