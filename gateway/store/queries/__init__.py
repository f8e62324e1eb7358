"""Every SELECT with a meaning, by name, one file a subject."""
