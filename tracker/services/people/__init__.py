"""Colleagues and their accounts, one file a matter.

`invitations`: a link with which somebody chooses their own password; `accounts`: corrected, given
another role, closed; `account_changes`: what needs two people and a wait; `leaving`: closed, and
the work handed over; `travel`: a reduced view for a journey; `cut_off`: everything that was
opened with an account ends at once; `kept_words`: what a form left in a session, and whose it is;
`reset_links`: what a link for a new password is held to.
"""
