"""The pages about AWS: cases of a ticket, accounts, Health events, cost advice.

A case is opened and answered here by hand; what AWS says comes in by rounds that the pages never wait for.
"""
