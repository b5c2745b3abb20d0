"""Every address of the product."""

from django.urls import include, path

urlpatterns = [
    path("p/", include("qipan.faces.public.urls")),
    path("", include("qipan.faces.office.urls")),
]

handler400 = "qipan.faces.office.errors.bad_request"
handler403 = "qipan.faces.office.errors.forbidden"
handler404 = "qipan.faces.office.errors.missing"
handler500 = "qipan.faces.office.errors.failed"
