"""Watching which of Go's functions a call of the package calls, and with what."""

from typing import NamedTuple

from backproj._runtime import loader


class GoCall(NamedTuple):
    """A call of one of the binding's functions."""

    function: str
    arguments: tuple


def watch(functions, *, before=None, after=None, setattr=setattr):
    """Return a list that grows by every later call of the binding's functions of these names.

    Nothing but the list is changed unless ``before`` or ``after`` is given: they are called around each call.
    """
    native, calls = loader.load("_native"), []

    def watched(function, original):
        def call(*arguments):
            calls.append(GoCall(function, arguments))
            if before is not None:
                before()
            result = original(*arguments)
            if after is not None:
                after()
            return result

        return call

    for function in functions:
        name = f"binding_{function}"
        setattr(native, name, watched(function, getattr(native, name)))
    return calls
