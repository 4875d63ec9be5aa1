import datetime

from tracker.models import Reminder

AT = datetime.datetime(2026, 11, 22, 9, 30, tzinfo=datetime.UTC)


def plan(deadline, person, offset_days=-3):
    return Reminder.objects.create(
        deadline=deadline,
        generation=deadline.generation,
        person=person,
        offset_days=offset_days,
        due_on=deadline.due_on,
        fire_on=deadline.due_on,
        send_at=AT,
        created_at=AT,
    )


def changes(deadline):
    return list(deadline.changes.order_by("pk").values_list("kind", flat=True))
