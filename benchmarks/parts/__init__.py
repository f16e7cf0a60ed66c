"""What the parts of krakpy cost in this process: no other gateway, no other process but an upstream."""
