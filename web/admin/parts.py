"""Every page of the administration, as the application registers it."""

from __future__ import annotations

from typing import Final

from web.admin import audit, contract_paper, customers, frame, importing, letters, report_plans, webhook

PAGES: Final = (frame, customers, contract_paper, report_plans, importing, letters, webhook, audit)
