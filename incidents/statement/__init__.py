"""What a reporter states, checked field by field before anything is stored."""

from incidents.statement.fields import refuse_surrogates
from incidents.statement.form import StatementForm, problems
from incidents.statement.stated import Statement

__all__ = ["Statement", "StatementForm", "problems", "refuse_surrogates"]
