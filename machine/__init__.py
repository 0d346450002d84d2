"""What this machine gives: memory, room on its disk, locks between its processes."""
