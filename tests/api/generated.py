"""Requests made up out of an OpenAPI document, seeded, so that a run that fails can be run again.

`make generated` is the long form.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import CHECKS
from schemathesis.generation import GenerationMode

from observer.wsgi import application

LONG = os.environ.get("OBSERVER_TEST_LONG") == "1"
SEED = 20201018


@dataclass
class Asking:
    """`mend` makes right by its words what is right by the document's schemas, and asks for what there is; `fits` tells
    of an address and a path whether what was made up wrongly has become right on its way."""

    schema: Any
    mend: Callable[[Any], None]
    fits: Callable[[str, str], bool]

    def operations(self):
        return [found.ok() for found in self.schema.get_all_operations()]

    def everything(self, number, headers):
        """The statuses of about so many answers: half to what the document wants, half to what it forbids."""
        # An address without parameters can't be asked wrongly.
        modes = [(one, mode) for one in self.operations() for mode in GenerationMode if one.query or mode.is_positive]
        # The more may be asked of an address, the more is.
        weights = [1 + len(list(one.query)) for one, _mode in modes]
        answered = []
        for (operation, mode), weight in zip(modes, weights, strict=True):
            answered += self.asked(operation, mode, -(-number * weight // sum(weights)), headers)
        told = {status: answered.count(status) for status in sorted(set(answered))}
        print(f"{len(answered)} requests: {told}")
        return answered

    def asked(self, operation, mode, count, headers):
        """The statuses of so many answers, each held against the document."""
        statuses = []

        @seed(SEED)
        @settings(
            max_examples=count,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case):
            if mode is GenerationMode.POSITIVE:
                self.mend(case)
            answer = case.call(headers={**headers, "Accept-Encoding": "identity"})
            statuses.append(answer.status_code)
            excluded = [CHECKS.get_one("ignored_auth")]  # it asks three times more; another test is about that
            if answer.status_code == 401:
                excluded.append(CHECKS.get_one("positive_data_acceptance"))
            if self.fits(answer.request.url, operation.path):
                excluded.append(CHECKS.get_one("negative_data_rejection"))
            case.validate_response(answer, headers=headers, excluded_checks=excluded)

        ask()
        return statuses


def described_at(address):
    """The document there, and its tests' own keys; the requests run within the test's own transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)  # it would end that transaction
    found = schemathesis.openapi.from_wsgi(address, application)
    found.config.generation.update(with_security_parameters=False)
    yield found
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
