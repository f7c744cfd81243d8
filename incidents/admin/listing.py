"""The list of incidents as the desk asks for it: counted by the tally where that can, read one page at a time."""

from typing import Any, cast

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.paginator import Paginator
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.http import HttpRequest

from incidents.admin import offers
from incidents.admin.base import DeskChangeList
from incidents.admin.chips import Chip, only_counted
from incidents.models import Incident, Report, reckoning
from incidents.models.question import Question
from incidents.models.ranking import ranked_page
from incidents.models.tally import State

MOST_WORDS = 8
# Written out, as it stands in the condition of the index that holds those that have one.
_NOTHING = RawSQL("''", ())


class IncidentChangeList(DeskChangeList):
    """`question` is what the tally is asked; None where the list itself must be. Where only numbers are asked for,
    nothing is counted or read before somebody does so."""

    question: Question | None
    held_count = overdue_count = 0

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> Any:
        if not only_counted(request):
            offers.offers(request)  # whatever the page needs of it, in one statement
        found = super().get_queryset(request, exclude_parameters)
        asked: Question | None = Question(offers.scope(request))
        for chip in self.filter_specs:
            asked = asked and cast(Chip, chip).put(asked)
        self.question = None if self.query else asked
        return found

    def get_results(self, request: HttpRequest) -> None:
        if only_counted(request):
            return
        self._count(request)
        self.paginator = Paginator(range(self.result_count), self.list_per_page)
        self.multi_page = self.result_count > self.list_per_page
        self.can_show_all = self.show_full_result_count = False
        self.full_result_count, self.show_admin_actions = None, True
        self.result_list = self._page() if self.multi_page else self._all()

    def _count(self, request: HttpRequest) -> None:
        held = Question(offers.scope(request), state=State.HELD)
        if self.question is None:
            self.result_count = self.queryset.order_by().count()
            (self.held_count,) = reckoning.counts(held)
        else:
            self.result_count, self.held_count = reckoning.counts(self.question, held)

    def how_many(self) -> int:
        """The number alone, of a list that was made only to be counted."""
        if self.question is None:
            return self.queryset.order_by().count()
        return reckoning.counts(self.question)[0]

    def _all(self) -> list[Incident]:
        """Those few that make one page."""
        rows = list(self.queryset)
        clocks = (getattr(row, "escalation", None) for row in rows)
        self.overdue_count = sum(bool(clock and clock.is_overdue) for clock in clocks)
        return rows

    def _page(self) -> list[Incident]:
        if self.page_num not in self.paginator.page_range:
            raise IncorrectLookupParameters
        start = (self.page_num - 1) * self.list_per_page
        ids, self.overdue_count = ranked_page(self.queryset, start, self.list_per_page)
        rows = {row.pk: row for row in self.root_queryset.filter(pk__in=ids)}
        return [rows[pk] for pk in ids if pk in rows]


def searched(found: Any, text: str) -> Any:
    """By the beginning of a report's reference, or by all words of a public summary: both by an index.

    A reporter's words are not searched: what is found would tell what was said to whoever looks over a shoulder.
    """
    by_reference = Report.objects.filter(reference__startswith=_as_reference(text)).order_by().values("incident")
    words = Q(*(Q(public_summary__icontains=word) for word in text.split()[:MOST_WORDS]))
    by_summary = Incident.objects.filter(public_summary__gt=_NOTHING).filter(words).order_by().values("pk")
    return found.filter(pk__in=by_reference.union(by_summary))


def _as_reference(text: str) -> str:
    """As references are written, also where the hyphen was left out or a space stands in its place."""
    letters = "".join(text.upper().replace("-", " ").split())
    return letters if len(letters) < 5 else f"{letters[:4]}-{letters[4:]}"
