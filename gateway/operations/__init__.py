"""What operators run: importing, checking, replaying."""
