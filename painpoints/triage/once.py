"""Values that are worked out when they are first asked for, without the lock of ``functools.cached_property``.

Up to Python 3.11 that lock is one for all objects of a class: while one request works its list out, every other one
would wait. What belongs to one request needs none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


class once(Generic[T]):
    """A property that is worked out at the first look, and then is an attribute of the object."""

    def __init__(self, work: Callable[[Any], T]) -> None:
        self._work, self._name = work, work.__name__
        self.__doc__ = work.__doc__

    @overload
    def __get__(self, given: None, owner: type[Any]) -> once[T]: ...

    @overload
    def __get__(self, given: object, owner: type[Any]) -> T: ...

    def __get__(self, given: object | None, owner: type[Any]) -> once[T] | T:
        if given is None:
            return self
        found = given.__dict__[self._name] = self._work(given)
        return found
