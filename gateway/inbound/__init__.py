"""From a durable delivery to a judged, answered mail."""
