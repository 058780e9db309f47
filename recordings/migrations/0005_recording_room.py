import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def copy_from_sessions(apps, schema_editor):
    Session = apps.get_model("rooms", "Session")
    Recording = apps.get_model("recordings", "Recording")
    rooms = Session.objects.filter(pk=OuterRef("session")).values("room")
    Recording.objects.update(room=Subquery(rooms))


class Migration(migrations.Migration):

    dependencies = [
        ("recordings", "0004_newest_exports"),
        ("rooms", "0007_newest_first"),
    ]

    operations = [
        migrations.AddField(
            model_name="recording",
            name="room",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="recordings",
                to="rooms.room",
            ),
        ),
        migrations.RunPython(
            copy_from_sessions, migrations.RunPython.noop, elidable=True
        ),
        migrations.AlterField(
            model_name="recording",
            name="room",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="recordings",
                to="rooms.room",
            ),
        ),
        migrations.AddIndex(
            model_name="recording",
            index=models.Index(
                fields=["room", "-created_at"], name="recordings__room_id_699d29_idx"
            ),
        ),
    ]
