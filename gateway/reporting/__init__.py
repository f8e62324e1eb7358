"""Reports a customer's management reads, and the contract itself, from the same figures everywhere (P10, P12, P14).

One way: queries → figures (`figures.Report`, one typed value) → words (letter markup with tables and pictures, a
template per language) → letter, page, PDF, CSV. What was produced once is kept, so that a period is told again with
the same figures.
"""
