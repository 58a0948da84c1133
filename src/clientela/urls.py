"""Addresses: the API, the health of the process, and the console for people."""

from django.urls import include, path

from clientela.api import health
from clientela.api.addresses import api

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("api/v1/", api.urls),
    path("", include("clientela.console.urls")),
]

handler404 = "clientela.console.refusals.not_there"
handler500 = "clientela.console.refusals.failed"
