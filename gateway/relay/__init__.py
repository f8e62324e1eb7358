"""The outbox drained through a transport: letters in lanes, silent hops and destinations left alone for a while."""

from gateway.relay.circuits import Circuits
from gateway.relay.lanes import Lanes
from gateway.relay.sending import BATCH, Relay

__all__ = ["BATCH", "Circuits", "Lanes", "Relay"]
