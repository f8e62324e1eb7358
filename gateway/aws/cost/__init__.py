"""A month's cost advice for each account: what its services recommend, what it spent, and what they would need.

In the partition aws: Cost Optimization Hub; Trusted Advisor for resources the hub does not name; Compute Optimizer
where the hub is not used; Cost Explorer for spend. In aws-cn: Compute Optimizer in both regions, and Cost Explorer.
Savings of different sources overlap, so they are never added. A source that is not enrolled, not in the plan or not
permitted leaves a line that says what to do; only what may pass (throttling, lost answers) is tried again.

`reading.read` is the stream's reader; a module for each source; `lines` are what they tell; `keeping` stores them.
"""
