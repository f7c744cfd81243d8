"""Changing a column as SQL would: past the guards of the models, to a value of the column's own type."""

from datetime import timedelta

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone


def beneath(model):
    """The table without the guards of its model."""
    return QuerySet(model=model)


def another(row, name, draw):
    """A value that differs a little, of the column's own type."""
    value = getattr(row, name)
    field = row._meta.get_field(name.removesuffix("_id"))
    if isinstance(field, models.DateTimeField):
        return (value or timezone.now()) + draw.choice((1, -1)) * timedelta(seconds=draw.choice((1, 7_200)))
    if isinstance(field, models.JSONField):
        return {**value, "more": draw.randrange(99)} if isinstance(value, dict) else [*value, "more"]
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.DecimalField):
        return (value or 0) + type(value or 0)(1)
    if isinstance(field, models.IntegerField):
        return (value or 0) + draw.choice((7, 60))
    if name == "actor_id" and value:
        return None
    if isinstance(field, models.ForeignKey):
        return None if value else field.related_model.objects.values_list("pk", flat=True).first()
    return f"{value[1:]}{draw.choice('xyz')}"[: field.max_length]
