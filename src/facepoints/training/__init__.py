"""The training loop, its schedules and checkpoints."""
