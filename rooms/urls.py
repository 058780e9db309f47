"""Addresses of the pages of rooms."""

from django.urls import path

from rooms import room_views, views

_ROOM = "rooms/<slug:slug>/"
_MEMBER = f"{_ROOM}members/<uuid:member_id>/"

urlpatterns = [
    path("rooms/", room_views.rooms, name="rooms"),
    path("rooms/new/", views.room_create, name="room_create"),
    path(_ROOM, views.room, name="room"),
    path(f"{_ROOM}settings/", room_views.room_settings, name="room_settings"),
    path(f"{_ROOM}archive/", room_views.room_archive, name="room_archive"),
    path(f"{_ROOM}restore/", room_views.room_restore, name="room_restore"),
    path(f"{_ROOM}delete/", room_views.room_delete, name="room_delete"),
    path(f"{_ROOM}members/add/", room_views.member_add, name="member_add"),
    path(f"{_MEMBER}role/", room_views.member_change, name="member_change"),
    path(f"{_MEMBER}remove/", room_views.member_remove, name="member_remove"),
]
