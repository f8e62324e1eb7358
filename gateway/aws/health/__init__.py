"""AWS Health read account by account, or a whole organization through one: events, and whom of ours they touch."""
