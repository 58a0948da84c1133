"""Files of a customer: added, handed out as an attachment, removed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clientela.console.customers.contact import by
from clientela.console.customers.drawer import answered, pressed
from clientela.console.customers.opened import Family, of_family
from clientela.console.pages import FORM, SENT, page
from clientela.flows import keep_files
from clientela.notes.rules import FILE_BYTES_MAX
from clientela.platform.http.requests import HouseRequest

TAB = "customer-notes"
UNTRUSTED = "sandbox; default-src 'none'"
ACCEPTED = ".pdf,.png,.jpg,.jpeg,.gif,.webp,.txt,.csv,.docx,.xlsx,.odt,.ods"


class FileForm(forms.Form):
    file = forms.FileField(
        label=lazy("File"), widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
        help_text=lazy("PDF, pictures, plain text or office documents; at most 10 MB."),
    )  # fmt: skip

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > FILE_BYTES_MAX:
            raise forms.ValidationError(
                _("A file has at most %(most)d MB.") % {"most": FILE_BYTES_MAX // 1024**2}
            )
        return file


@page("customers.view", "notes.write", methods=FORM)
@of_family
def new_file(request: HouseRequest, family: Family) -> HttpResponse:
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()

    def carry_out() -> None:
        file = form.cleaned_data["file"]
        keep_files.add_file(family[0], file.name, file.chunks(), **by(request))

    return answered(
        request, family, form, title=_("Add a file"), name="file-form", tab=TAB,
        carry_out=carry_out, done=_("The file is added."),
    )  # fmt: skip


@page("customers.view", "notes.view")
@of_family
def content(request: HouseRequest, family: Family, file_id: UUID) -> HttpResponseBase:
    """Never shown in the page: a browser keeps it as a file, and runs nothing in it."""
    found = keep_files.content(file_id, family=family)
    response = FileResponse(
        found.path.open("rb"), as_attachment=True, filename=found.file.name,
        content_type=found.kind.media_type,
    )  # fmt: skip
    response.headers["Content-Security-Policy"] = UNTRUSTED
    return response


@page("customers.view", "notes.write", methods=SENT)
@of_family
def remove_file(request: HouseRequest, family: Family, file_id: UUID) -> HttpResponse:
    return pressed(
        request, family, tab=TAB,
        carry_out=lambda: keep_files.remove_file(family[0], file_id, **by(request)),
        done=_("The file is removed."),
    )  # fmt: skip
