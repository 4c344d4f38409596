"""What every room uses: paths, files, settings, text, notebooks as JSON, Keras without its messages."""
