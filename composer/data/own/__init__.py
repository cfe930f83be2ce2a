"""A person's own music: from files of any kind to a dataset like the built-in ones."""
