"""Every address of the product, and an empty page behind the same doors."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from qipan.project import urls


def empty(request: HttpRequest) -> HttpResponse:
    """Say nothing."""
    return HttpResponse()


urlpatterns = [path("bench/empty/", empty), *urls.urlpatterns]
