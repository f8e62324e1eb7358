"""What a ticket is about: an AWS service and a symptom, from the words of its subject. Pure.

Source: promise P10 (main problems of a week and a month).
"""

from __future__ import annotations

from enum import StrEnum, unique


@unique
class Symptom(StrEnum):
    """What is wrong, or wanted. A code is never renamed: stored reports hold it."""

    DATA_LOSS = "data-loss"
    SECURITY = "security"
    FAILOVER = "failover"
    CERTIFICATE = "certificate"
    BACKUP = "backup"
    LOGIN = "login"
    PERMISSIONS = "permissions"
    QUOTA = "quota"
    STORAGE = "storage"
    COST = "cost"
    NETWORK = "network"
    DEPLOYMENT = "deployment"
    PERFORMANCE = "performance"
    UNAVAILABLE = "unavailable"
    ERRORS = "errors"
    CHANGE = "change"
    QUESTION = "question"
    OTHER = "other"
