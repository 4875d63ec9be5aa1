"""An authority can be known in one case alone; those that are there are published."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tracker', '0035_people_two_by_two'),
    ]

    operations = [
        migrations.AddField(
            model_name='authority',
            name='born_in',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tracker.case', verbose_name='known in one case alone'),
        ),
        migrations.AlterField(
            model_name='signatory',
            name='at_risk',
            field=models.BooleanField(default=False, help_text='Name, role and place are masked; the team may ask to see them.', verbose_name='at risk'),
        ),
    ]
