"""What is encrypted under a new key: every stored value is written again with the first one."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import models, transaction
from django.db.models import F, TextField
from django.db.models.functions import Cast

from tracker.models import SEALED, Encrypted, Sealed, Unreadable, field_keys, sealed_anew

BATCH = 500


@dataclass
class Rotation:
    """`unreadable` names rows that no key here opens; they are left as they are."""

    rewritten: int = 0
    current: int = 0
    unreadable: list[str] = field(default_factory=list)


def encrypted_columns() -> Iterator[tuple[type[models.Model], models.Field]]:
    for model in apps.get_models():
        for column in model._meta.concrete_fields:
            if isinstance(column, Encrypted):
                yield model, column


def rotate() -> Rotation:
    """Write every value anew that is not under the first key. Safe to repeat, and while people
    work: a value that somebody changes meanwhile is left to them. No event: nothing is told anew.

    Raises Unreadable where there is no key at all.
    """
    field_keys()
    done = Rotation()
    for model, column in encrypted_columns():
        last = 0
        while batch := _tokens(model, column, after=last):
            for pk, token in batch:
                _rotate(model, column, pk, token, done)
            last = batch[-1][0]
    for factor in Authenticator.objects.order_by("pk").values_list("pk", flat=True):
        _rotate_factor(factor, done)
    return done


def _tokens(
    model: type[models.Model], column: models.Field, *, after: int
) -> list[tuple[int, Sealed]]:
    rows = model._base_manager.filter(pk__gt=after).exclude(**{column.name: ""})
    return list(rows.order_by("pk").values_list("pk", column.name)[:BATCH])


def _rotate(
    model: type[models.Model], column: models.Field, pk: int, token: Sealed, done: Rotation
) -> None:
    try:
        fresh = sealed_anew(token)
    except Unreadable:
        done.unreadable.append(f"{model._meta.model_name} {pk}, {column.name}")
        return
    if fresh == token:
        done.current += 1
        return
    stored = model._base_manager.annotate(stored=Cast(F(column.name), TextField()))
    done.rewritten += stored.filter(pk=pk, stored=str(token)).update(**{column.name: fresh})


@transaction.atomic
def _rotate_factor(pk: int, done: Rotation) -> None:
    """Secrets of second factors lie under the same keys, within what the library keeps of them."""
    factor = Authenticator.objects.select_for_update(no_key=True).filter(pk=pk).first()
    if factor is None:
        return
    before = (done.rewritten, len(done.unreadable))
    data = _anew(factor.data, f"authenticator {pk}", done)
    if (done.rewritten, len(done.unreadable)) > before:
        factor.data = data
        factor.save(update_fields=["data"])


def _anew(kept: Any, name: str, done: Rotation) -> Any:
    if isinstance(kept, dict):
        return {key: _anew(value, name, done) for key, value in kept.items()}
    if isinstance(kept, list):
        return [_anew(value, name, done) for value in kept]
    if not isinstance(kept, str) or not kept.startswith(SEALED):
        return kept
    try:
        fresh = str(sealed_anew(kept))
    except Unreadable:
        done.unreadable.append(name)
        return kept
    done.current += fresh == kept
    done.rewritten += fresh != kept
    return fresh
