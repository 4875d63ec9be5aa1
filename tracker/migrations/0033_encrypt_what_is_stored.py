"""What the encrypted columns hold is encrypted, and the log forgets what it told of them.

The commitments of erased values stay, so every chain holds. Backwards the columns are opened
again; the log's values stay erased.
"""

from django.db import migrations
from django.db.models import F, TextField, Value
from django.db.models.functions import Cast
from django.utils import timezone

from tracker.models.encrypted import Unreadable, field_keys, make_key_file, seal, unseal

COLUMNS = {
    "authority": ("address", "email", "notes"),
    "case": ("contacts", "reply_address"),
    "draft": ("corrected", "proposal", "text"),
    "signatory": ("name", "place", "role"),
}
# What a signatory was called in the log was their name.
IN_THE_LOG = {**COLUMNS, "signatory": (*COLUMNS["signatory"], "label")}
BATCH = 500


def is_sealed(text):
    try:
        unseal(text)
    except Unreadable:
        return False
    return True


def rewrite(apps, convert):
    for name, columns in COLUMNS.items():
        # Past the fields: they would open what is read and encrypt what is written.
        rows = apps.get_model("tracker", name)._base_manager.annotate(
            **{f"raw_{column}": Cast(F(column), TextField()) for column in columns}
        )
        last = 0
        while batch := list(
            rows.filter(pk__gt=last)
            .order_by("pk")
            .values_list("pk", *(f"raw_{column}" for column in columns))[:BATCH]
        ):
            for pk, *texts in batch:
                new = {
                    column: Value(str(convert(text)), TextField())
                    for column, text in zip(columns, texts, strict=True)
                    if text
                }
                if new:
                    apps.get_model("tracker", name)._base_manager.filter(pk=pk).update(**new)
            last = batch[-1][0]


def encrypt(apps, schema_editor):
    try:
        field_keys()
    except Unreadable:  # the one moment at which nothing can lie under another key yet
        make_key_file()
    rewrite(apps, lambda text: text if is_sealed(text) else seal(text))
    values = apps.get_model("tracker", "EventValue").objects
    for name, fields in IN_THE_LOG.items():
        values.filter(event__model=name, field__in=fields, erased_at=None).update(
            old=None, new=None, salt="", erased_at=timezone.now()
        )


def decrypt(apps, schema_editor):
    rewrite(apps, unseal)


class Migration(migrations.Migration):
    dependencies = [("tracker", "0032_encrypt_names_and_contacts")]
    operations = [migrations.RunPython(encrypt, decrypt)]
