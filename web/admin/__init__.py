"""The pages about running the desk: customers and what is agreed with them, imports, letters, webhook, audit log.

They show what is; customers, contracts and people change by importing a file, which the page previews first.
"""
