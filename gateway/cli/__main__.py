"""`python -m gateway.cli`: what the supervisor starts."""

from gateway.cli import main

main(prog_name="helpdesk")
