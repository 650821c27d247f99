"""The base of every record: frozen, keyword-only, storable as JSON."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A value that never changes; `evolve` gives a changed copy."""

    # Built when it is first needed: a process starts a third sooner that need not build all of them.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    def evolve(self, **changes: Any) -> Self:
        """A copy with these fields changed, checked like a new one."""
        held = self.__dict__  # what was found out about it once (cached properties) is there too
        fields = {name: held[name] for name in type(self).__pydantic_fields__}
        return type(self).model_validate({**fields, **changes})
