"""Names and contacts lie encrypted; a missing or wrong key is a sentence, and loses nothing."""

import stat

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.urls import reverse

from tests.factories.authorities import AuthorityFactory
from tests.factories.cases import CaseFactory, SignatoryFactory
from tests.now import NOW
from tracker.models import (
    Case,
    Draft,
    Encrypted,
    Event,
    Signatory,
    Unreadable,
    field_keys,
    key_file,
    make_key_file,
    seal,
    unseal,
)
from tracker.services.cases import edit_case
from tracker.services.encrypted import encrypted_columns, rotate

pytestmark = pytest.mark.django_db

SECRET = "Aigul Zhumabekova, +996 555 000111"


def stored(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
        return repr(cursor.fetchall())


@pytest.fixture
def rows(owner):
    case = CaseFactory(contacts=SECRET, reply_address=SECRET, lead=owner)
    return [
        case,
        SignatoryFactory(case=case, name=SECRET, role=SECRET, place=SECRET),
        AuthorityFactory(address=SECRET, email="aigul@example.org", notes=SECRET),
        Draft.objects.create(
            text=SECRET, proposal={"a": SECRET}, corrected=[SECRET], by=owner, created_at=NOW
        ),
    ]


@pytest.fixture
def own_file(settings, tmp_path):
    """Keys in a file, as where the environment gives none."""
    settings.VAR_DIR, settings.FIELD_KEYS = tmp_path, []
    make_key_file()
    return key_file()


def test_every_encrypted_column_is_written_and_read(rows):
    for model, column in encrypted_columns():
        [row] = model.objects.filter(pk__in=[r.pk for r in rows if isinstance(r, model)])
        [written] = [getattr(r, column.name) for r in rows if isinstance(r, model)]
        assert (column.name, getattr(row, column.name)) == (column.name, written)
        assert SECRET[:5] not in stored(model._meta.db_table)
        assert "aigul@" not in stored(model._meta.db_table)


def test_what_is_updated_in_bulk_is_encrypted_too(rows):
    case, signatory = rows[:2]
    Case.objects.update(contacts=f"{SECRET} 2")
    signatory.name = f"{SECRET} 3"
    Signatory.objects.bulk_update([signatory], ["name"])
    Signatory.objects.bulk_create([Signatory(case=case, number=29, name=f"{SECRET} 4")])
    assert SECRET not in stored("tracker_case") + stored("tracker_signatory")
    assert Case.objects.get().contacts == f"{SECRET} 2"
    assert {s.name for s in Signatory.objects.all()} == {f"{SECRET} 3", f"{SECRET} 4"}


def test_the_same_words_look_different_each_time(rows):
    [(_pk, *tokens)] = Case.objects.values_list("pk", "contacts", "reply_address")
    assert tokens[0] != tokens[1]


def test_only_whether_there_is_a_value_can_be_asked(rows):
    assert Case.objects.exclude(contacts="").get() == rows[0]
    assert not Case.objects.filter(contacts="").exists()
    for lookup in ("contacts", "contacts__contains", "contacts__startswith", "contacts__regex"):
        with pytest.raises(FieldError):
            Case.objects.filter(**{lookup: SECRET}).exists()


def test_a_deferred_value_is_opened_when_it_is_asked_for(rows):
    assert Case.objects.defer("contacts").get().contacts == SECRET
    assert Case.objects.only("pk").get().reply_address == SECRET


def test_an_event_tells_that_it_changed_and_not_to_what(rows, owner):
    case = Case.objects.get()
    case.contacts, case.title = "somebody else", "Another title"
    edit_case(case=case, by=owner, at=NOW)
    told = Event.objects.get().by_field
    assert (told["contacts"].old, told["contacts"].new) == (None, None)
    assert told["title"].new == "Another title"
    assert "reply_address" not in told
    assert "somebody else" not in stored("tracker_eventvalue")


def test_an_untouched_value_is_put_back_as_it_was(rows):
    before = stored("tracker_signatory")
    Signatory.objects.get().save()
    assert stored("tracker_signatory") == before


def test_the_key_file_is_its_owners_alone(own_file):
    assert stat.S_IMODE(own_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(own_file.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("lost", ["missing", "empty", "damaged", "wrong"])
def test_without_the_right_key_nothing_is_told_and_nothing_lost(own_file, owner, lost):
    case = CaseFactory(contacts=SECRET, lead=owner)
    key, before = own_file.read_text(), stored("tracker_case")
    if lost == "missing":
        own_file.unlink()
    else:
        other = Fernet.generate_key().decode()
        own_file.write_text({"empty": "", "damaged": key[:20], "wrong": other}[lost])
    row = Case.objects.get()  # what asks for no contact needs no key
    row.save(update_fields=["title", "contacts"])
    with pytest.raises(Unreadable, match=str(own_file)):
        _ = row.contacts
    with pytest.raises((Unreadable, CommandError)):
        call_command("rotate_keys")
    own_file.write_text(key)
    assert (stored("tracker_case"), Case.objects.get().contacts) == (before, SECRET)
    assert case.contacts == SECRET


def test_the_page_says_what_is_missing(own_file, signed_in, owner):
    case = CaseFactory(contacts=SECRET, lead=owner)
    client = signed_in(owner)
    client.raise_request_exception = False
    own_file.unlink()
    answer = client.get(reverse("case_change", args=[case.reference, "facts"]))
    assert (answer.status_code, str(own_file) in answer.text) == (503, True)
    assert "Traceback" not in answer.text
    assert client.get(reverse("case_list")).status_code == 200


def test_a_new_key_takes_over_value_by_value(own_file, rows, capsys):
    old = own_file.read_text()
    before = {model: stored(model._meta.db_table) for model, _column in encrypted_columns()}
    call_command("rotate_keys", "--new")
    assert own_file.read_text().endswith(old)
    assert len(field_keys()) == 2
    own_file.write_text(field_keys()[0])  # the old one is gone
    assert Case.objects.get().contacts == SECRET
    assert Draft.objects.get().corrected == [SECRET]
    assert {model: stored(model._meta.db_table) for model in before} != before
    done = rotate()
    assert (done.rewritten, done.unreadable) == (0, [])
    assert done.current == sum(1 for _column in encrypted_columns())


def test_rows_of_a_lost_key_are_named_and_left(own_file, rows, capsys):
    old = own_file.read_text()
    own_file.write_text(Fernet.generate_key().decode())
    fresh = SignatoryFactory(case=rows[0], name="Fresh", number=19)
    before = stored("tracker_case")
    with pytest.raises(CommandError):
        call_command("rotate_keys")
    assert f"case {rows[0].pk}, contacts" in capsys.readouterr().err
    assert stored("tracker_case") == before
    assert Signatory.objects.get(pk=fresh.pk).name == "Fresh"
    own_file.write_text(own_file.read_text() + "\n" + old)
    call_command("rotate_keys")
    assert Case.objects.get().contacts == SECRET


def test_second_factors_come_along(own_file, owner):
    secret, seed = "JBSWY3DPEHPK3PXP", "f00d"
    data = {"secret": str(seal(secret)), "codes": [str(seal(seed))], "used_mask": 3}
    factor = Authenticator.objects.create(user=owner, type="totp", data=data)
    plain = Authenticator.objects.create(user=owner, type="webauthn", data={"credential": "x"})
    make_key_file()
    assert (rotate().rewritten, rotate().rewritten) == (2, 0)
    own_file.write_text(field_keys()[0])
    factor.refresh_from_db(), plain.refresh_from_db()
    assert unseal(factor.data["secret"]) == secret
    assert [unseal(code) for code in factor.data["codes"]] == [seed]
    assert (factor.data["used_mask"], plain.data) == (3, {"credential": "x"})


def test_without_any_key_one_sentence_is_enough(own_file, rows, capsys):
    own_file.unlink()
    with pytest.raises(CommandError, match=str(own_file)):
        call_command("rotate_keys")
    assert capsys.readouterr().err == ""


def test_keys_of_the_environment_are_not_rotated_in_the_file(rows):
    with pytest.raises(CommandError, match="TRACKER_FIELD_KEYS"):
        call_command("rotate_keys", "--new")


def test_no_column_that_names_people_is_forgotten():
    """Whoever adds a column for contacts says here that it is encrypted, or why not."""
    named = ("contact", "reply", "phone", "signator", "person", "email")
    clear = {
        f"{model._meta.model_name}.{column.name}"
        for model in {model for model, _column in encrypted_columns()}
        for column in model._meta.concrete_fields
        if any(word in column.name for word in named) and not isinstance(column, Encrypted)
    }
    assert clear == set()
