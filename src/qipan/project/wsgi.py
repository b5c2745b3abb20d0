"""The WSGI application that `qipan run` serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qipan.project.settings")

application = get_wsgi_application()
