"""What every list page does alike: pages of rows, and links that keep the filter."""

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

PER_PAGE = 25


def page_of(request: HttpRequest, rows: QuerySet) -> Page:
    """The page asked for; nonsense gives the first, too far gives the last."""
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
