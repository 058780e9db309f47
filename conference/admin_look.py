"""How the admin looks: settings of django-unfold, none of which is the operator's."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Conference",
    "SITE_HEADER": "Conference",
    "DASHBOARD_CALLBACK": "conference.dashboard.fill_dashboard",
    "STYLES": [lambda request: static("css/admin.css")],
    "SCRIPTS": [
        lambda request: reverse("javascript_catalog"),
        lambda request: static("js/admin.js"),
    ],
    "COLORS": {
        "font": {"subtle-light": "var(--color-base-600)"},  # on grey, too
        # The accent of static/css/tokens.css, from light to dark.
        "primary": {
            "50": "#f0faf8",
            "100": "#dff1ee",
            "200": "#b5e3dc",
            "300": "#6fe0d2",
            "400": "#3fd0bf",
            "500": "#22a698",
            "600": "#0b6b63",
            "700": "#07524c",
            "800": "#12312e",
            "900": "#0d2522",
            "950": "#06211e",
        },
    },
}
