"""AWS beside the customer: what is read of accounts, what is written to Support cases, what Health and cost say.

A round claims a due stream of an account, reads from AWS outside of any transaction, then tells the verbs in
`gateway.tickets` in one short one. Notices that arrive by a queue only make a stream due at once.
"""
