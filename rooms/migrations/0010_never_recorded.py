from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("rooms", "0009_unrecorded"),
    ]

    operations = [
        migrations.AlterField(
            model_name="room",
            name="recorders",
            field=models.CharField(
                choices=[
                    ("hosts", "The owner and hosts"),
                    ("members", "Members too"),
                    ("nobody", "Nobody: it is never recorded"),
                ],
                default="hosts",
                max_length=16,
                verbose_name="who may record",
            ),
        ),
    ]
