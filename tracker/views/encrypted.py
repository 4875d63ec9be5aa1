"""The page of an error; where only a key is missing it says so."""

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import server_error

from tracker.models import Unreadable


def broken(request: HttpRequest) -> HttpResponse:
    """503 while names and contacts cannot be read: nothing is lost, and somebody can mend it."""
    error = sys.exc_info()[1]
    if isinstance(error, Unreadable):
        return render(request, "503.html", {"sentence": str(error)}, status=503)
    return server_error(request)
