"""The public face as a Django application."""

from django.apps import AppConfig


class PublicConfig(AppConfig):
    """Pages for people without an account, on a phone: small, without a session."""

    name = "qipan.faces.public"
    label = "public"
