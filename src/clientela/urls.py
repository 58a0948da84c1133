"""Addresses: the API, the health of the process, and the console for people."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from clientela.api import cti, health, pages, router
from clientela.api.addresses import api
from clientela.console import refusals

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("api/v1/docs", pages.docs),
    path("api/v1/cti/<str:token>", cti.reported),
    path("api/v1/", api.urls),
    path("", include("clientela.console.urls")),
]


def not_there(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A problem for programs, a page for people."""
    if request.path.startswith("/api/"):
        return router.not_there(request)
    return refusals.not_there(request, exception)


handler404 = "clientela.urls.not_there"
handler500 = "clientela.console.refusals.failed"
