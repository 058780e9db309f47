"""Error pages: in the product's look, with a way out."""

import pytest
from django.template.loader import render_to_string
from django.test import Client

from conference.models import User


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "429", "500"])
def test_page_can_be_made_without_anything(name: str) -> None:
    page = render_to_string(f"{name}.html")
    assert "css/tokens.css" in page
    assert "Go to the start page" in page


def test_unknown_address(client: Client, db: None) -> None:
    page = client.get("/nothing/")
    assert page.status_code == 404
    assert "There is nothing here" in page.text


def test_form_without_its_token_changes_nothing(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    answer = client.post("/rooms/new/")
    assert answer.status_code == 403
    assert "This page was open for too long" in answer.text
