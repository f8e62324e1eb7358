"""The double of AWS for the tests of this folder."""

from __future__ import annotations

from tests.aws.fixtures import aws, aws_process

__all__ = ["aws", "aws_process"]
