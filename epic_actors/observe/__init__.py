"""What happened in a run: collectors for `on_event`, and how they are shown."""
