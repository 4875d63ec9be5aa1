"""Columns that lie encrypted in the database. Their keys lie outside it.

A value read from the database stays `Sealed` until somebody asks for it: so what never looks at a
contact, a reminder for example, needs no key, and a row saved again puts an untouched value back
as it was. Why so: `docs/decisions/0019-names-and-contacts-are-encrypted.md`.
"""

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models
from django.db.models.lookups import Exact, IsNull
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import gettext as _


class Unreadable(Exception):
    """No key here opens what is stored. Nothing is lost: the right key opens it again."""


class Sealed(str):
    """A value as the database has it. Printed by mistake it tells nothing."""

    __slots__ = ()


# Keys: the first one encrypts, every one is tried to read.


def key_file() -> Path:
    return settings.VAR_DIR / "keys" / "fields"


def field_keys() -> tuple[str, ...]:
    """Raises Unreadable where there is none; a new one is made by `make_key_file` alone."""
    if settings.FIELD_KEYS:
        return tuple(settings.FIELD_KEYS)
    path = key_file()
    try:
        facts = path.stat()
        return _read(path, facts.st_mtime_ns, facts.st_size)
    except FileNotFoundError:
        raise Unreadable(
            _(
                "The key of names and contacts is missing. Put it back as %(file)s, or set "
                "TRACKER_FIELD_KEYS."
            )
            % {"file": path}
        ) from None


def make_key_file() -> None:
    """Put a new key first, before those that are there; only its owner can read the file."""
    path = key_file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    old = path.read_text() if path.exists() else ""
    fresh = path.with_suffix(".new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(f"{Fernet.generate_key().decode()}\n{old}")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


@lru_cache(maxsize=4)
def _read(path: Path, changed: int, size: int) -> tuple[str, ...]:
    """Read again whenever the file has changed: other processes go on while a key is added."""
    return tuple(path.read_text().split())


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError:
        raise Unreadable(
            _(
                "The file %(file)s holds no key, or one that is damaged. Put it back from where "
                "your keys are kept."
            )
            % {"file": key_file()}
        ) from None


SEALED = "gAAAA"  # how every sealed text begins


def seal(text: str) -> Sealed:
    return Sealed(_box(field_keys()).encrypt(text.encode()).decode())


def unseal(token: str) -> str:
    """Raises Unreadable."""
    try:
        return _box(field_keys()).decrypt(token.encode()).decode()
    except InvalidToken:
        raise Unreadable(
            _(
                "The keys here do not open what is stored. Add the key it was written with to "
                "%(file)s or to TRACKER_FIELD_KEYS, as a further one."
            )
            % {"file": key_file()}
        ) from None


def sealed_anew(token: str) -> Sealed:
    """The same value under the first key; the same token where it is that already."""
    try:
        _box(field_keys()[:1]).decrypt(token.encode())
    except InvalidToken:
        return seal(unseal(token))
    return Sealed(token)


# Fields


class OnlyEmpty(Exact):
    """Whether there is a value can be asked, and not which: two of one word look different."""

    def get_prep_lookup(self) -> Any:
        if self.rhs != "":
            raise FieldError(f"“{self.lhs.target.name}” is encrypted and cannot be searched.")
        return super().get_prep_lookup()


class SealedAttribute(DeferredAttribute):
    """Opens a value when it is first asked for."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        if instance is not None:
            value = instance.__dict__.get(self.field.attname, value)
            if isinstance(value, Sealed):
                value = instance.__dict__[self.field.attname] = self.field.opened(value)
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class Encrypted(models.Field):
    """Part of each field below. Search, order and uniqueness are given up."""

    encrypted = True
    descriptor_class = SealedAttribute

    def get_internal_type(self) -> str:
        return "TextField"  # a token is longer than what it holds

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return Sealed(value) if value else value

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        return model_instance.__dict__[self.attname]

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if value in ("", None) or hasattr(value, "as_sql"):
            return value
        return str(value if isinstance(value, Sealed) else seal(self.to_text(value)))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return value  # of a lookup, which asks for "" alone

    def get_lookup(self, lookup_name: str) -> Any:
        return {"exact": OnlyEmpty, "isnull": IsNull}.get(lookup_name)

    def get_transform(self, lookup_name: str) -> None:
        return None

    def to_text(self, value: Any) -> str:
        return str(value)

    def opened(self, value: Sealed) -> Any:
        return unseal(value)


class EncryptedTextField(Encrypted, models.TextField):
    pass


class EncryptedCharField(Encrypted, models.CharField):
    pass


class EncryptedEmailField(Encrypted, models.EmailField):
    pass


class EncryptedJSONField(Encrypted, models.JSONField):
    def to_text(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, cls=self.encoder)

    def opened(self, value: Sealed) -> Any:
        return json.loads(unseal(value), cls=self.decoder)
