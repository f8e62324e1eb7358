"""Every page of the administration, as the application registers it."""

from __future__ import annotations

from typing import Final

from web.admin import audit, frame, importing

PAGES: Final = (frame, audit, importing)
