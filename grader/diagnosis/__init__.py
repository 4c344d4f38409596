"""A Keras model read and judged: its layers, what it was compiled with, what comes out, what is wrong."""
