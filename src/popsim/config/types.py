"""Field types of a scenario file: strict where YAML is lax, and codes that stay text."""

from __future__ import annotations

import collections.abc
import types
import typing
from typing import Annotated, Any, Literal, Union

from pydantic import BeforeValidator, StrictBool, StrictFloat, StrictInt
from pydantic_core import PydanticCustomError

__all__ = ["Free", "Number", "Text", "Whole", "YesNo", "strict_type"]


def _as_text(value: object) -> object:
    """Whole numbers are codes; a real has lost its last zeros and must be quoted."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, bool | float):
        raise PydanticCustomError("quote_me", "text that needs quotes")
    return value


def _as_number(value: object) -> object:
    """Refuse NaN, which no scenario can mean."""
    if isinstance(value, float) and value != value:
        raise PydanticCustomError("not_a_number", "not a number")
    return value


Text = Annotated[str, BeforeValidator(_as_text)]
Number = Annotated[StrictFloat, BeforeValidator(_as_number)]
Whole = StrictInt
YesNo = StrictBool
Free = dict[Text | int, Any]

_STRICT: dict[object, object] = {str: Text, float: Number, int: Whole, bool: YesNo}


def strict_type(hint: Any) -> Any:
    """Type hint of a function's parameter, as strict as a scenario file is.

    ``"1.0"`` is no float, ``1`` is no bool, a code written ``330402`` is text. Containers take
    YAML's lists and mappings.

    Examples
    --------
    >>> from pydantic import TypeAdapter
    >>> TypeAdapter(strict_type(dict[int, float])).validate_python({2020: 1})
    {2020: 1.0}
    >>> TypeAdapter(strict_type(tuple[str, ...])).validate_python([330402])
    ('330402',)
    """
    if isinstance(hint, collections.abc.Hashable) and hint in _STRICT:
        return _STRICT[hint]
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is None or origin is Literal:
        return hint
    if origin is Annotated:
        return Annotated[(strict_type(args[0]), *args[1:])]
    if origin in (Union, types.UnionType):
        return Union[tuple(strict_type(a) for a in args)]  # noqa: UP007
    if origin is collections.abc.Callable:
        return hint
    return origin[tuple(strict_type(a) for a in args)]
