from django.db import migrations


def renamed(old, new):
    def rename(apps, schema_editor):
        apps.get_model("tracker", "Reminder").objects.filter(reason=old).update(reason=new)

    return rename


class Migration(migrations.Migration):
    dependencies = [("tracker", "0016_name_mutes_and_offsets")]
    operations = [migrations.RunPython(renamed("quiet", "muted"), renamed("muted", "quiet"))]
