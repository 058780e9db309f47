
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('rooms', '0006_room_rules'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='room',
            index=models.Index(fields=['-created_at'], name='room_newest'),
        ),
        migrations.AddIndex(
            model_name='session',
            index=models.Index(fields=['-started_at'], name='session_newest'),
        ),
    ]
