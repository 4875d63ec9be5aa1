"""How pages travel: compressed where that tells nobody anything."""

import gzip

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from tests.factories.demands import DemandFactory
from tests.factories.documents import DocumentFactory

ASKED = {"Accept-Encoding": "gzip, br"}


@pytest.mark.parametrize("path", ["/cases/OPEN-1/", "/demands/export/"])
def test_pages_and_exports_shrink_for_whoever_can_unpack_them(signed_in, owner, case, path):
    for number in range(1, 6):
        DemandFactory(case=case, number=number)
    client = signed_in(owner)
    plain = client.get(path)
    packed = client.get(path, headers=ASKED)
    assert packed["Content-Encoding"] == "gzip" and "Content-Encoding" not in plain
    assert "Accept-Encoding" in packed["Vary"]
    assert len(packed.content) == int(packed["Content-Length"])
    assert gzip.decompress(packed.content)[:200] == plain.content[:200]


def test_the_same_page_is_never_of_the_same_length(signed_in, owner, case):
    client = signed_in(owner)
    lengths = {len(client.get("/cases/OPEN-1/", headers=ASKED).content) for _ in range(12)}
    assert len(lengths) > 1


# allauth's own page names recovery codes that nobody has made.
SECOND_FACTOR = pytest.param("mfa_index", marks=pytest.mark.ignore_template_errors)


@pytest.mark.parametrize("name", ["feed_list", "profile", SECOND_FACTOR, "account_login"])
def test_account_pages_are_sent_as_they_are(signed_in, owner, name):
    answer = signed_in(owner).get(reverse(name), headers=ASKED)
    assert "Content-Encoding" not in answer


def test_a_stored_file_keeps_its_length(signed_in, owner, case, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    document = DocumentFactory(cases=[case], content_type="text/html", filename="x.html")
    document.file.save("x", ContentFile(b"a" * 5000))
    answer = signed_in(owner).get(f"/documents/{document.code}/file/", headers=ASKED)
    assert (answer["Content-Length"], b"".join(answer.streaming_content)) == ("5000", b"a" * 5000)


def test_nothing_is_packed_that_nobody_reads(client, db):
    assert "Content-Encoding" not in client.get("/health", headers=ASKED)
