"""An open music studio and machine-learning classroom: arrange a melody, train a model, watch and hear it learn."""

__version__ = "0.1.0"
