"""A stateful double of the AWS services the desk speaks to, on AWS's own wire protocols.

`fake.FakeAws` is the world and the hand that changes it (AWS replies, an event opens, an answer is lost);
`server` puts it behind a socket, in a thread or as a process of its own; `fixtures` hands it to tests.
What it checks (limits, required members, enumerations) is botocore's own model of each service.
"""
