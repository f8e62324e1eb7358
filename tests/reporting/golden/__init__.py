"""A quarter of several customers with answers worked out apart from the code that reports it.

Shape: `story` is what happened, as values; `quarter` makes it up from a seed and `plots` by hand; `playing` lets it
happen through the verbs; `fold` and `reckoning` say, from the story and the contract's words alone, what a report
must hold. Nothing of `fold` and `reckoning` calls our own code.
"""
