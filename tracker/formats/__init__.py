"""How each language writes dates in messages, mails and on the editing desk."""
