"""Pages for customers' people: the door, their tickets, their dashboard. Nobody of ours is known here.

Every blueprint is made by `gate.blueprint`, and every row is read through `store.queries.visiting`, which narrows it
to whom it may be shown.
"""
