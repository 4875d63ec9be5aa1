from django.db import migrations, models
from django.db.models import Q

KINDS = [
    ("statutory", "legal deadline"),
    ("registration", "time to register"),
    ("expected", "expected by, set by us"),
    ("look_again", "look again"),
    ("event", "event"),
]


class Migration(migrations.Migration):
    dependencies = [("tracker", "0017_skipped_because_muted")]

    operations = [
        migrations.RemoveConstraint("deadline", "legal_deadline_has_rule_and_anchor"),
        migrations.AlterField(
            "deadline",
            "kind",
            models.CharField(choices=KINDS, max_length=20, verbose_name="kind"),
        ),
        migrations.AlterField(
            "reminderplan",
            "kind",
            models.CharField(choices=KINDS, max_length=20, verbose_name="for deadlines of kind"),
        ),
        migrations.AddConstraint(
            "deadline",
            models.CheckConstraint(
                condition=~Q(kind__in=("statutory", "registration"))
                | Q(rule__isnull=False, anchor_on__isnull=False) & ~Q(anchor=""),
                name="legal_deadline_has_rule_and_anchor",
                violation_error_message="A legal deadline needs its rule and its first day.",
            ),
        ),
    ]
