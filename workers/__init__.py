"""Jobs that RQ runs, the classes that run them, and the clock process."""
