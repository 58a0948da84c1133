"""What one person likes: theme, row height, language. The language of everybody else."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import override
from django.views.decorators.http import require_POST

from clientela.console.forms import languages
from clientela.console.pages import FORM, page, see, show
from clientela.platform import transactions
from clientela.platform.http.actors import NOBODY
from clientela.platform.http.requests import HouseRequest
from clientela.staff.models import Person
from clientela.ui import actions as ui
from clientela.ui.models import Preference

# The first page of the settings, for whoever has the right for it.
FIRST = {
    "staff.configure": "settings-company", "customers.define": "profiles",
    "customers.audit": "settings-accesses", "events.subscribe": "settings-webhooks",
}  # fmt: skip
YEAR_SECONDS = 365 * 24 * 60 * 60
THEMES = {
    Preference.Theme.SYSTEM: lazy("Like the computer"),
    Preference.Theme.LIGHT: lazy("Light"),
    Preference.Theme.DARK: lazy("Dark"),
}
DENSITIES = {
    Preference.Density.COMFORTABLE: lazy("Comfortable"),
    Preference.Density.COMPACT: lazy("Compact"),
}


class PreferencesForm(forms.Form):
    """Each may be sent alone; what is not sent stays."""

    theme = forms.ChoiceField(
        label=lazy("Theme"), choices=list(THEMES.items()), widget=forms.RadioSelect
    )
    density = forms.ChoiceField(
        label=lazy("Rows"), choices=list(DENSITIES.items()), widget=forms.RadioSelect
    )
    language = forms.ChoiceField(label=lazy("Language"), choices=languages)


@page(methods=FORM)
def preferences(request: HouseRequest) -> HttpResponse:
    chosen: Preference = request.preference  # type: ignore[attr-defined]
    initial = {
        "theme": chosen.theme, "density": chosen.density,
        "language": chosen.language or request.LANGUAGE_CODE,
    }  # fmt: skip
    if request.method != "POST":
        form = PreferencesForm(initial=initial)
        return show(request, "console/settings/preferences.html", {"form": form})
    form = PreferencesForm(initial | request.POST.dict())
    if not form.is_valid():
        return show(request, "console/settings/preferences.html", {"form": form}, status=422)
    sent = {name: value for name, value in form.cleaned_data.items() if name in request.POST}
    _prefer(request, sent)
    with override(sent.get("language")):
        messages.success(request, _("Saved."))
    return _in_language(see(reverse("console:preferences")), sent.get("language", ""))


@page()
def start(request: HouseRequest) -> HttpResponse:
    """The first of the settings that a person may open."""
    first = next((one for right, one in FIRST.items() if request.actor.may(right)), "preferences")
    return redirect(f"console:{first}")


@require_POST
def language(request: HouseRequest) -> HttpResponse:
    """Another language for whoever is here, and back to the page they were on."""
    asked, back = request.POST.get("language", ""), request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = "/"
    if asked not in dict(settings.LANGUAGES):
        return redirect(back)
    if request.actor is not NOBODY:
        _prefer(request, {"language": asked})
    return _in_language(see(back), asked)


def _prefer(request: HouseRequest, values: dict[str, str]) -> None:
    assert isinstance(request.user, Person)
    with transactions.open():
        ui.prefer(values, person_id=request.user.id)


def _in_language(answer: HttpResponse, language: str) -> HttpResponse:
    """Remembered on this computer too, for the pages before the sign-in."""
    if not language:
        return answer
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR_SECONDS, samesite="Lax",
        httponly=True, secure=settings.SECURE,
    )  # fmt: skip
    return answer
