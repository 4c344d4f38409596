"""A stand-in for a model: the same weights in other objects, which may be built and called without a trace."""

import types
from typing import Any

PLAIN = (str, bytes, int, float, bool, type(None), type, types.FunctionType, types.MethodType, types.ModuleType)


def stand_in(model: Any) -> Any:
    """Return a copy of a model whose layers are copies and whose weights are the model's own.

    Building a layer, and calling it on a symbolic tensor, writes into its attributes; here they are the copy's. What is
    no layer and no container of layers is shared, weights above all: nothing is as large as the model.
    """
    return _copied(model, {})


def _copied(value: Any, known: dict[int, Any]) -> Any:
    """Return a value with every layer and container in it copied once; `known` holds the copies by id."""
    from grader.base.keras_import import keras

    if id(value) in known or isinstance(value, PLAIN):
        return known.get(id(value), value)
    if type(value).__name__ == "Tracker":  # a layer notices by it what it is given; it has no public name
        copy = known[id(value)] = object.__new__(type(value))
        copy.__dict__.update({name: _copied(part, known) for name, part in vars(value).items()})
        return copy
    if isinstance(value, keras.Operation):
        return _copied_operation(value, known)
    if isinstance(value, tuple) and type(value) is tuple:
        return tuple(_copied(part, known) for part in value)
    if isinstance(value, list | dict | set):
        return _copied_container(value, known)
    return value


def _copied_operation(layer: Any, known: dict[int, Any]) -> Any:
    """Return a copy of a layer; the graph inside a functional model is shared, since a call does not change it."""
    from grader.base.keras_import import keras

    new: Any = type(layer).__new__  # an author's class may have any signature
    copy = known[id(layer)] = new(type(layer))
    graph = isinstance(layer, keras.Model) and hasattr(layer, "operations") and layer.built
    for name, value in vars(layer).items():
        if isinstance(value, types.FunctionType) and name in vars(copy):
            continue  # __new__ has wrapped the copy's own build()
        shallow = graph or name in ("_inbound_nodes", "_outbound_nodes")
        copy.__dict__[name] = _shallow(value) if shallow else _copied(value, known)
    return copy


def _shallow(value: Any) -> Any:
    return list(value) if isinstance(value, list) else value


def _copied_container(value: Any, known: dict[int, Any]) -> Any:
    """Return a copy of a list, dict or set, also of the ones by which Keras notices what is put in."""
    kind = next(base for base in (list, dict, set) if isinstance(value, base))
    wrapped = not issubclass(type(value), kind)  # TensorFlow's proxies of a list or dict, which are neither
    new: Any = type(value).__new__
    copy: Any
    copy = known[id(value)] = kind() if wrapped else new(type(value))
    if not wrapped and hasattr(value, "__dict__"):
        copy.__dict__.update({name: _copied(part, known) for name, part in vars(value).items()})
    if kind is dict:
        for key, part in value.items():
            dict.__setitem__(copy, key, _copied(part, known))
    elif kind is list:
        list.extend(copy, [_copied(part, known) for part in value])
    else:
        set.update(copy, {_copied(part, known) for part in value})
    return copy
