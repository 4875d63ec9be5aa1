from importlib import import_module

from django.db import migrations, models

columns = import_module("tracker.migrations.0021_typed_steps_of_a_deadline")


class Migration(migrations.Migration):
    dependencies = [("tracker", "0022_fill_the_typed_steps")]

    operations = [
        migrations.AddConstraint(
            model_name='deadlinechange',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'extended'), models.Q(('allowed_until__isnull', True), ('until__isnull', True)), _connector='OR'), name='only_an_extension_has_its_last_day'),
        ),
        migrations.AddConstraint(
            model_name='deadlinechange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('days_left__isnull', False), ('kind', 'paused'), ('paused_on__isnull', False)), models.Q(('kind', 'paused'), _negated=True), _connector='OR'), name='pause_keeps_its_days'),
        ),
        migrations.AddConstraint(
            model_name='deadlinechange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'resumed'), ('paused_on__isnull', False), ('resumed_on__gte', models.F('paused_on')), ('resumed_on__isnull', False)), models.Q(models.Q(('kind', 'resumed'), _negated=True), ('resumed_on__isnull', True)), _connector='OR'), name='resumption_has_its_pause'),
        ),
        migrations.AddConstraint(
            model_name='deadlinechange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('days_left__isnull', True), ('paused_on__isnull', True)), models.Q(('days_left__isnull', True), ('kind', 'resumed')), models.Q(('days_left__isnull', False), ('kind__in', ['paused', 'closed', 'cancelled', 'forwarded']), ('paused_on__isnull', False)), _connector='OR'), name='only_a_pause_leaves_days'),
        ),
        migrations.AddConstraint(
            model_name='deadlinechange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cause__in', ['', 'out_of_step', 'registered']), ('ended_on__isnull', False), ('kind__in', ['closed', 'cancelled', 'forwarded'])), models.Q(models.Q(('kind__in', ['closed', 'cancelled', 'forwarded']), _negated=True), ('cause', ''), ('ended_on__isnull', True)), _connector='OR'), name='end_has_its_day_and_nothing_else_a_cause'),
        ),
        migrations.RunPython(columns.refuse, columns.allow),
    ]
