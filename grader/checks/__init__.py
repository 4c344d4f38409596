"""The checks that learners call, one module for each exercise; the same functions grade."""

MODULES = {
    "01-activations": "activations",
    "02-logits": "logits",
    "03-roundoff": "roundoff",
    "04-losses": "losses",
    "05-text": "text",
    "06-accuracy": "accuracy",
    "07-digits": "digits",
    "08-transfer": "transfer",
    "09-debug": "debug",
}
