"""The chosen rows as a file for a spreadsheet, in cells that no spreadsheet will calculate."""

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from tracker import permissions
from tracker.models import User, hidden_columns, shown
from tracker.reports.demands import inert
from tracker.reports.revisions import Names
from tracker.services.access import note_export

# Never leave the house, whoever asks.
WITHHELD = {"password", "token", "lease_until", "digest", "version", "body_html", "file"}


@admin.action(description=_("Export the selected rows as CSV"), permissions=["view"])
def export_csv(modeladmin, request: HttpRequest, queryset: models.QuerySet) -> HttpResponse:
    permissions.require_fresh(request)
    name = modeladmin.opts.model_name
    at = timezone.now()
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{localdate(at)}.csv"'
    response.write("\ufeff")  # without it spreadsheets misread Cyrillic
    rows = list(queryset)
    csv.writer(response, quoting=csv.QUOTE_ALL).writerows(cells(modeladmin, rows, request.user))
    note_export(
        what=name, rows=len(rows), filters=filters_in(modeladmin, request), by=request.user, at=at
    )
    return response


def filters_in(modeladmin, request: HttpRequest) -> set[str]:
    """Names of what narrowed the list, as far as they are ours: an address can be typed."""
    columns = {column.name for column in modeladmin.opts.get_fields()}
    asked = {name.split("__")[0] for name in request.GET}
    return {name for name in asked if name in columns or name == SEARCH_VAR}


def cells(modeladmin, rows: list[models.Model], user: User) -> Iterator[list[Any]]:
    columns = [
        column
        for column in modeladmin.opts.concrete_fields
        if column.name not in WITHHELD | set(getattr(modeladmin, "not_exported", ()))
    ]
    names = Names.of_rows(columns, rows, user)
    yield [inert(str(column.verbose_name)) for column in columns]
    for row in rows:
        hidden = hidden_columns(row)  # a file goes further than its reader: it has masks alone
        yield [
            inert(
                shown(row, column.name)
                if column.name in hidden
                else names.of(column, getattr(row, column.attname))
            )
            for column in columns
        ]
