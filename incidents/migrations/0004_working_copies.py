"""Working copies say what they are, and have thumbnails beside them."""

from typing import Any

from django.db import migrations, models
from django.db.models.functions import Now


def describe_what_there_is(apps: Any, schema_editor: Any) -> None:
    """Until now every copy was a JPEG; photos that could not be read then, and can be now, are looked at again."""
    evidence = apps.get_model("incidents", "Evidence").objects
    evidence.filter(preview="ready").update(preview_type="image/jpeg")
    unread = evidence.filter(media_type="image/heic", preview="none", state="done")
    unread.update(preview="waiting", state="pending", attempts=0, next_try_at=Now())


class Migration(migrations.Migration):
    dependencies = [("incidents", "0003_held_apart")]

    operations = [
        migrations.AddField("evidence", "preview_type", models.CharField(blank=True, default="", max_length=60), preserve_default=False),
        migrations.AddField("evidence", "thumbnail_sha256", models.CharField(blank=True, default="", max_length=64), preserve_default=False),
        migrations.AlterField(
            "evidence",
            "preview",
            models.CharField(
                choices=[
                    ("waiting", "Being prepared"),
                    ("ready", "Ready"),
                    ("none", "No preview"),
                    ("unsupported", "No preview for this type"),
                ],
                default="waiting",
                max_length=12,
            ),
        ),
        migrations.RunPython(describe_what_there_is, migrations.RunPython.noop, elidable=True),
    ]
