from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("outbox", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="outboxswitch",
            name="restored_at",
            field=models.DateTimeField(
                blank=True, help_text="What was due before this moment may have gone out before the restore.", null=True
            ),
        ),
    ]
