"""What things cost on this machine: bounded, on loopback, and never an assertion."""
