"""The WSGI application that `qipan run` serves."""

import os

from django.core.wsgi import get_wsgi_application

from qipan.project.lifeline import follow_if_supervised

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qipan.project.settings")

application = get_wsgi_application()
follow_if_supervised()
