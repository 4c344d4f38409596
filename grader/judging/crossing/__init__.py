"""What crosses between the two processes, and how: bytes, plain data, Keras models as data."""
