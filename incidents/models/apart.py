"""Columns that are never written along with the rest of their row.

A form reads a whole row and saves it whole: what an emergency has set in between would be undone by whoever was just
changing the name of something.
"""

from typing import Any, ClassVar

from django.db import models


class SavedApart(models.Model):
    """Saving without `update_fields` leaves the columns in `apart` as the database has them."""

    apart: ClassVar[frozenset[str]] = frozenset()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding and kwargs.get("update_fields") is None:
            left = self.apart | self.get_deferred_fields()
            columns = [field for field in self._meta.concrete_fields if not field.primary_key]
            kwargs["update_fields"] = [one.name for one in columns if one.name not in left and one.attname not in left]
        super().save(*args, **kwargs)
