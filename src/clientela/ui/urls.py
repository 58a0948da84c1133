"""The page that shows every component with its states."""

from __future__ import annotations

from django.urls import path

from clientela.ui import views

app_name = "ui"
urlpatterns = [path("ui", views.components, name="components")]
