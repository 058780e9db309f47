from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('recordings', '0003_poster'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='export',
            name='recordings__state_c645c5_idx',
        ),
        migrations.AddIndex(
            model_name='export',
            index=models.Index(fields=['state', '-created_at'], name='recordings__state_beb48d_idx'),
        ),
        migrations.AddIndex(
            model_name='export',
            index=models.Index(fields=['-created_at'], name='export_newest'),
        ),
    ]
