"""The gateways that are compared, one file each."""
