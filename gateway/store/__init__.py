"""Tables and queries; bytes, leases and the outbox."""
