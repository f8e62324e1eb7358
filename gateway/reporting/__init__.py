"""Reports a customer's management reads, and the contract itself, from the same figures everywhere (P10, P12, P14).

One way: queries → figures (`figures.Report`, one typed value) → words (letter markup with tables and pictures, a
template per language) → letter, page, PDF, CSV. What was produced once is kept, so that a period is told again with
the same figures.

The course of a report: `schedule` notes at a contract's appointment what is due (`domain.reporting_times`,
`calendars`, `courses`); `posting` has its figures gathered (`gathering`, `gathering_management`) in the slow queue,
drawn (`drawing`) and put as letters to its `readers`. `producing` tells any period again, or for the first time.
"""
