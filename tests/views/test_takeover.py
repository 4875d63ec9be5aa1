"""An unlocked session in a stranger's hands for ten minutes: nothing they do there outlasts it, and
the owner is told of every try.
"""

import datetime

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.sessions.models import Session
from django.urls import URLPattern, get_resolver, reverse

from tests.factories.people import PASSWORD
from tests.now import NOW
from tracker.models import Event, FeedToken, Mail, User
from tracker.services.people.cut_off import cut_off
from tracker.services.security_notices import Notice

pytestmark = pytest.mark.django_db

GUESS, NEW = "what a stranger guesses", "what a stranger would like"
# Whatever a form of an account might take, with a guess for each proof.
SENT = {
    "email": "outside@evil.example",
    "action_add": "",
    "action_primary": "",
    "login": "outside@evil.example",
    "oldpassword": GUESS,
    "password": GUESS,
    "password1": NEW,
    "password2": NEW,
    "new_password": NEW,
    "role": "administrator",
    "code": "123456",
    "credential": "{}",
    "name": "phone",
    "scope": "own",
    "sure": "",
}
# Harmless to the owner: it ends something, or is a taste of theirs.
ENDS_OR_TASTES = {"account_logout", "own_cut_off", "set_language", "profile", "own_travel"}
LATER = datetime.timedelta(minutes=11)


def what_opens_the_account(person: User) -> dict:
    """All by which somebody could come back."""
    row = User.objects.values("password", "email", "role", "is_active").get(pk=person.pk)
    return row | {
        "addresses": list(EmailAddress.objects.values_list("email", flat=True)),
        "factors": list(Authenticator.objects.order_by("pk").values_list("pk", "type", "data")),
        "feeds": list(FeedToken.objects.order_by("pk").values_list("pk", "revoked_at")),
        "links": [mail.to_address for mail in Mail.objects.exclude(secret_link="")],
    }


def forms(patterns=None, before="/") -> dict[str, str]:
    """Every address of an account without a part that varies, by its name."""
    found = {}
    for pattern in patterns or get_resolver().url_patterns:
        path = before + str(pattern.pattern)
        if not isinstance(pattern, URLPattern):
            found |= forms(pattern.url_patterns, path)
        elif path.startswith(("/accounts/", "/people/", "/language/")) and "<" not in path:
            found[pattern.name] = path
    return found


@pytest.fixture(params=["a password alone", "a second factor too"])
def thief(request, long_signed_in, owner, time_machine):
    """The owner's browser, eleven minutes after the owner typed anything secret there."""
    if request.param == "a second factor too":
        TOTP.activate(owner, "JBSWY3DPEHPK3PXP")
    client = long_signed_in(owner)
    time_machine.move_to(NOW + LATER)
    return client


def test_nothing_a_stranger_sends_opens_the_account_later(thief, owner):
    before = what_opens_the_account(owner)
    tried = 0
    for name, path in forms().items():
        if name in ENDS_OR_TASTES:
            continue
        for method in (thief.get, thief.post):
            assert method(path, SENT).status_code < 500, path
            tried += 1
    assert tried > 40
    assert what_opens_the_account(owner) == before
    # And the owner is still in, for nobody was put out by a guess.
    assert thief.get(reverse("profile")).status_code == 200


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("account_reauthenticate", {"password": GUESS}),
        ("account_change_password", {"oldpassword": GUESS, "password1": NEW, "password2": NEW}),
    ],
)
def test_the_owner_is_told_of_every_try(thief, owner, name, sent):
    for _ in range(4):
        thief.post(reverse(name), sent)
    assert Event.objects.about(owner).filter(action="person.proof_failed").count() == 4
    [mail] = Mail.objects.filter(person=owner, kind=Mail.Kind.NOTICE)
    assert (mail.to_address, str(Notice.PROOF_FAILED.label) in mail.body_text) == (
        owner.email,
        True,
    )


def test_of_a_wrong_code_too(long_signed_in, owner):
    TOTP.activate(owner, "JBSWY3DPEHPK3PXP")
    long_signed_in(owner).post(reverse("mfa_reauthenticate"), {"code": "123456"})
    long_signed_in(owner).post(reverse("mfa_reauthenticate_webauthn"), {"credential": "{}"})
    told = Event.objects.about(owner).filter(action="person.proof_failed")
    assert told.exists()


def test_a_link_asked_for_there_goes_to_the_owner_alone(thief, owner):
    thief.post(reverse("account_reset_password"), {"email": owner.email})
    [mail] = Mail.objects.all()
    assert (mail.to_address, mail.secret_link) == (owner.email, "reset")


def test_when_the_owner_cuts_off_nothing_is_left(thief, owner):
    for name, path in forms().items():
        if name not in ENDS_OR_TASTES:
            thief.post(path, SENT)
    theirs = thief.session.session_key
    assert thief.get(reverse("profile")).status_code == 200
    cut_off(person=owner, by=owner, at=NOW + 2 * LATER)
    assert thief.get(reverse("profile")).status_code == 302
    assert not Session.objects.filter(pk=theirs).exists()
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)
    assert not FeedToken.objects.filter(user=owner, revoked_at=None).exists()
