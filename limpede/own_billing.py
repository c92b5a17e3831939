"""Which billing system stands behind the assistant: the built-in one, or the company's own?"""

from __future__ import annotations

import importlib
from collections.abc import Callable

from billing_backend.contract import Billing
from limpede.settings import SettingsWrong

Make = Callable[[], Billing]


def connect(name: str) -> Billing:
    """The company's own, made by the function that LIMPEDE_BILLING names as `module:function`.

    Raises SettingsWrong when there is no such function.
    """
    module, _, function = name.partition(":")
    try:
        make: Make = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise SettingsWrong(
            f"LIMPEDE_BILLING is {name}: it must name a function as module:function ({error})"
        ) from error
    return make()
