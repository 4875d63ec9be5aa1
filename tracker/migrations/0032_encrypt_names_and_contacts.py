"""The columns become text without a place for search; the next migration encrypts what they hold."""

import tracker.models.encrypted
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("tracker", "0031_cut_offs_and_travel_mode"),
    ]

    operations = [
        migrations.AlterField(
            model_name="authority",
            name="address",
            field=tracker.models.encrypted.EncryptedTextField(
                blank=True, verbose_name="postal address"
            ),
        ),
        migrations.AlterField(
            model_name="authority",
            name="email",
            field=tracker.models.encrypted.EncryptedEmailField(
                blank=True, max_length=254, verbose_name="e-mail for appeals"
            ),
        ),
        migrations.AlterField(
            model_name="authority",
            name="notes",
            field=tracker.models.encrypted.EncryptedTextField(blank=True, verbose_name="notes"),
        ),
        migrations.AlterField(
            model_name="case",
            name="contacts",
            field=tracker.models.encrypted.EncryptedTextField(
                blank=True,
                help_text="As printed in the appeal. Not shown in lists.",
                verbose_name="contacts",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="reply_address",
            field=tracker.models.encrypted.EncryptedTextField(
                blank=True, verbose_name="address for the reply"
            ),
        ),
        migrations.AlterField(
            model_name="draft",
            name="corrected",
            field=tracker.models.encrypted.EncryptedJSONField(
                blank=True, default=dict, verbose_name="as corrected"
            ),
        ),
        migrations.AlterField(
            model_name="draft",
            name="proposal",
            field=tracker.models.encrypted.EncryptedJSONField(
                default=dict, verbose_name="proposal"
            ),
        ),
        migrations.AlterField(
            model_name="draft",
            name="text",
            field=tracker.models.encrypted.EncryptedTextField(verbose_name="text"),
        ),
        migrations.AlterField(
            model_name="signatory",
            name="name",
            field=tracker.models.encrypted.EncryptedCharField(max_length=200, verbose_name="name"),
        ),
        migrations.AlterField(
            model_name="signatory",
            name="place",
            field=tracker.models.encrypted.EncryptedCharField(
                blank=True, max_length=200, verbose_name="place"
            ),
        ),
        migrations.AlterField(
            model_name="signatory",
            name="role",
            field=tracker.models.encrypted.EncryptedCharField(
                blank=True, max_length=300, verbose_name="role"
            ),
        ),
    ]
