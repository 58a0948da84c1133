"""The web process's entry for a WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

from clientela.platform import tied

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clientela.settings")
if os.environ.get("CLIENTELA_TIED"):
    tied.tie_to_parent(os.getppid())  # a worker must not outlive its killed master
application = get_wsgi_application()
