"""Every page of the administration, as the application registers it."""

from __future__ import annotations

from typing import Final

from web.admin import audit, customers, frame, importing, webhook

PAGES: Final = (frame, customers, importing, webhook, audit)
