from django.db import migrations, models

WORDS_LIMIT = 20_000


def find_words(apps, schema_editor):
    """As recordings/chat_words.py had it when this was written."""
    import re

    Recording = apps.get_model("recordings", "Recording")
    ChatMessage = apps.get_model("rooms", "ChatMessage")
    for recording in Recording.objects.exclude(sealed_at=None).iterator():
        texts = ChatMessage.objects.filter(
            session=recording.session_id,
            sent_us__range=(recording.started_us, recording.ended_us),
        ).order_by("position")
        words, length = {}, 0
        for text in texts.values_list("text", flat=True).iterator():
            for word in re.findall(r"\w+", text.casefold()):
                if word not in words and length + len(word) < WORDS_LIMIT:
                    words[word] = None
                    length += len(word) + 1
        if words:
            Recording.objects.filter(pk=recording.pk).update(
                chat_words=" ".join(words)
            )


class Migration(migrations.Migration):

    dependencies = [
        ("recordings", "0007_export_parts"),
        ("rooms", "0009_unrecorded"),
    ]

    operations = [
        migrations.AddField(
            model_name="recording",
            name="storyboard",
            field=models.CharField(
                blank=True, default="", editable=False, max_length=300
            ),
        ),
        migrations.AddField(
            model_name="recording",
            name="chat_words",
            field=models.TextField(blank=True, default="", editable=False),
        ),
        migrations.RunPython(find_words, migrations.RunPython.noop, elidable=True),
    ]
