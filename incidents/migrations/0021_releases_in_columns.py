from datetime import UTC

from django.db import migrations
from django.db.models import F

COLUMNS = (
    "occurred_at", "reported_at", "category", "category_label", "huridocs", "huridocs_list", "acled", "severity",
    "verification", "status", "perpetrators", "adm1_name", "adm1_code", "latitude", "longitude", "precision",
    "description",
)


def spread(apps, schema_editor):
    """What a release says, into columns; and each is looked at again, for the rules of places have changed."""
    Release = apps.get_model("incidents", "Release")
    Publication = apps.get_model("incidents", "Publication")
    asked = set()
    for release in Release.objects.defer("feature").iterator(chunk_size=500):
        told = release.properties or {}
        for name in COLUMNS:
            setattr(release, name, told.get(name))
        if release.description and release.description[0] in "=+-@\t\r\n":
            release.description = "'" + release.description
        if release.adm1_code:
            release.scope = f";{release.adm1_code};"
        release.updated_text = release.updated_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        release.save(update_fields=(*COLUMNS, "scope", "updated_text"))
        asked.add(release.incident_id)
    Publication.objects.bulk_create([Publication(incident_id=pk) for pk in asked], batch_size=500)
    ApiKey = apps.get_model("incidents", "ApiKey")
    ApiKey.objects.filter(granted_at=None).update(granted_at=F("created_at"))


class Migration(migrations.Migration):
    dependencies = [("incidents", "0020_export")]
    operations = [migrations.RunPython(spread, migrations.RunPython.noop)]
