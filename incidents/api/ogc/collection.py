"""What a collection of features is made of: its name, the columns it is filtered by, and how it is read."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.utils.functional import Promise

from incidents.api.ogc.parameters import PAGE, Parameter, Wanted
from incidents.models import ApiKey
from incidents.models.outflow import Page

Schema = Mapping[str, Any]


class Collection(ABC):
    name: ClassVar[str]
    title: ClassVar[Promise]
    about: ClassVar[Promise]
    # Those that are columns, and others.
    queryables: ClassVar[tuple[Parameter, ...]]
    others: ClassVar[tuple[Parameter, ...]] = ()
    # Every column of a feature and its type, and what stands for its place.
    columns: ClassVar[Mapping[str, Schema]]
    geometry: ClassVar[Schema]

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        return (*PAGE, *self.queryables, *self.others)

    @abstractmethod
    def page(self, key: ApiKey, wanted: Wanted) -> Page:
        """The features wanted, as many as fit."""

    @abstractmethod
    def count(self, key: ApiKey, wanted: Wanted) -> int:
        """How many features there are on all pages."""

    @abstractmethod
    def one(self, key: ApiKey, identifier: str) -> str | None:
        """One finished feature."""

    @abstractmethod
    def extent(self, key: ApiKey) -> dict[str, Any]:
        """Where and when its features are; empty where there are none."""

    def changed_at(self, key: ApiKey) -> datetime | None:
        """When it changed other than by a release."""
        return None


def spatial(west: float | None, south: float | None, east: float | None, north: float | None) -> dict[str, Any]:
    return {} if west is None else {"spatial": {"bbox": [[west, south, east, north]]}}
