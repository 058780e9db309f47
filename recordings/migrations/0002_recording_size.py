from django.db import migrations, models
from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce


def add_up(apps, schema_editor):
    """What was sealed before recordings knew their size."""
    Segment = apps.get_model("recordings", "Segment")
    sizes = (
        Segment.objects.filter(recording=OuterRef("pk"))
        .order_by()
        .values("recording")
        .values(total=Sum("bytes"))
    )
    Recording = apps.get_model("recordings", "Recording")
    Recording.objects.update(bytes=Coalesce(Subquery(sizes), 0))


class Migration(migrations.Migration):

    dependencies = [
        ("recordings", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="recording",
            name="bytes",
            field=models.PositiveBigIntegerField(
                default=0, editable=False, verbose_name="size"
            ),
        ),
        migrations.RunPython(add_up, migrations.RunPython.noop, elidable=True),
    ]
