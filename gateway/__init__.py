"""The helpdesk itself. It knows neither Flask nor RQ workers.

The walk of one message, file by file, always forward:

1. `smtpd` (or another door) hears the mail and asks `inbound.receive` to take responsibility: raw bytes and one
   delivery row for each forward-path are durable before the client reads 250.
2. `queues.ring` wakes a worker; `inbound.pipeline` claims the delivery and reads it with `inbound.reading` (parse,
   classify, language, priority, intent) inside the limited child of `runtime.sandbox`.
3. In one short transaction the pipeline gathers `inbound.rules.Facts`, lets `inbound.rules.decide` judge, and calls
   the verbs of `tickets`, which put letters into `store.outbox`.
4. `relay` hands due outbox rows to `transport`, and notes how each ended.
"""
