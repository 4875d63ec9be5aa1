"""Legal deadlines by a rule that another names as its registration step get their own kind.

They were reminded by the plan of legal deadlines, so that plan is copied for them.
"""

from django.db import migrations


def name_registrations(apps, schema_editor):
    rules = apps.get_model("tracker", "ResponseRule").objects
    codes = rules.filter(registration__isnull=False).values("registration__code")
    legal = apps.get_model("tracker", "Deadline").objects.filter(kind="statutory")
    legal.filter(rule__in=rules.filter(code__in=codes)).update(kind="registration")
    plans = apps.get_model("tracker", "ReminderPlan").objects
    for plan in plans.filter(kind="statutory").order_by("pk"):
        plan.pk, plan.kind = None, "registration"
        plan.save()


def name_none(apps, schema_editor):
    registrations = apps.get_model("tracker", "Deadline").objects.filter(kind="registration")
    registrations.update(kind="statutory")
    apps.get_model("tracker", "ReminderPlan").objects.filter(kind="registration").delete()


class Migration(migrations.Migration):
    dependencies = [("tracker", "0018_the_time_to_register_is_a_kind")]

    operations = [migrations.RunPython(name_registrations, name_none)]
