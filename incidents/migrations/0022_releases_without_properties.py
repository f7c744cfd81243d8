from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("incidents", "0021_releases_in_columns")]
    operations = [
        migrations.RemoveField("release", "properties"),
        migrations.RemoveField("release", "updated_at"),
        migrations.RenameField("release", "updated_text", "updated_at"),
    ]
