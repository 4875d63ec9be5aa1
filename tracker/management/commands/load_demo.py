"""`manage.py load_demo`: reference data, demo people, the five documents, dates from today."""

from typing import Any

from django.conf import settings
from django.utils import timezone

from tracker.management.sentences import SentenceCommand
from tracker.management.startup import demo_password
from tracker.services.demonstration import load_demo


class Command(SentenceCommand):
    help = (
        "Load reference data, three demo people, the five documents and follow-ups dated from "
        "today. The second time changes nothing. The password is DEMO_PASSWORD where set, else "
        "made up once, kept in the data folder, and printed when it is given to somebody."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        password = demo_password(settings.VAR_DIR)
        demo = load_demo(password=password, at=timezone.now())
        for file in demo.files:
            self.stdout.write(f"{file.name}: {file.added} added, {file.kept} already there")
        for verb, people in (("Added", demo.people), ("Changed", demo.renewed)):
            if people:
                who = ", ".join(person.email for person in people)
                self.stdout.write(f"{verb} {who}; their password: {password}")
