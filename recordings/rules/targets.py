"""Rules of the targets of live outputs: where one goes, also while it runs."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from conference.errors import Conflict, Gone, Invalid
from recordings.audit import note
from recordings.live import keys
from recordings.live.addresses import BadAddress, check_key, parse_server
from recordings.models import AuditAction, LiveOutput, OutputTarget
from rooms.access import Access, Action


@dataclass(frozen=True, slots=True)
class TargetAddress:
    url: str
    key: str


def add_target(access: Access, output: LiveOutput, url: str, key: str) -> OutputTarget:
    """Raises Denied, Invalid, Conflict."""
    access.check(Action.BROADCAST)
    target = TargetAddress(url, key)
    check_address(target)
    with transaction.atomic():
        return put_target(access, lock_living(output), target)


def remove_target(access: Access, target: OutputTarget) -> None:
    """Raises Denied, and Conflict for the only way out."""
    access.check(Action.BROADCAST)
    with transaction.atomic():
        output = lock_living(target.output)
        others = output.targets.exclude(pk=target.pk)
        if not output.hls and not others.exists():
            raise Conflict(
                _("This is its only target. Stop the output instead."),
                code="last_target",
            )
        OutputTarget.objects.filter(pk=target.pk).delete()
        note_output(access, output, AuditAction.TARGET_REMOVED, url=target.url)


def put_target(
    access: Access, output: LiveOutput, address: TargetAddress
) -> OutputTarget:
    """Of a checked address, in the caller's transaction. Raises Conflict."""
    if output.targets.count() >= settings.LIVE_TARGETS:
        raise Conflict(
            _("An output has at most %(limit)d targets.")
            % {"limit": settings.LIVE_TARGETS},
            code="too_many_targets",
        )
    target = OutputTarget.objects.create(
        output=output,
        url=address.url,
        secret=keys.seal(address.key),
        key_hint=keys.hint_of(address.key),
    )
    note_output(access, output, AuditAction.TARGET_ADDED, url=address.url)
    return target


def check_address(target: TargetAddress) -> None:
    words = {
        "url": _(
            "Write the server as rtmp://host/app or rtmps://host/app, without the key."
        ),
        "key": _("Give the stream key, without spaces."),
    }
    try:
        parse_server(target.url)
        check_key(target.key)
    except BadAddress as error:
        raise Invalid(words[error.code], field=error.code) from error


def note_output(
    access: Access, output: LiveOutput, action: AuditAction, **details: Any
) -> None:
    """In the audit trail."""
    details = {"output": str(output.pk), **details}
    note(action, None, access.user, room=access.room, **details)


def lock_living(output: LiveOutput) -> LiveOutput:
    found = LiveOutput.objects.select_for_update().filter(pk=output.pk).first()
    if found is None:
        raise Gone(_("This output has been deleted."), code="deleted")
    if not found.is_living:
        raise output_over()
    return found


def output_over() -> Conflict:
    return Conflict(_("This output is over."), code="output_over")
