from django.db import migrations


def count_anew(apps, schema_editor):
    """There are further sums now. What is marked is counted as it is until a worker has folded it in."""
    for table in ("incidents_tally", "incidents_counted", "incidents_mark"):
        schema_editor.execute(f"DELETE FROM {table}")
    schema_editor.execute("INSERT INTO incidents_mark (incident) SELECT id FROM incidents_incident")


class Migration(migrations.Migration):
    dependencies = [("incidents", "0024_keys")]
    operations = [migrations.RunPython(count_anew, migrations.RunPython.noop, elidable=True)]
