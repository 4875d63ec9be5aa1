"""Colleagues and their accounts, one file a matter.

`accounts`: made, corrected, given a role, deactivated; `cut_off`: everything that was opened with
an account ends at once; `kept_words`: what a form left in a session, and whose it is;
`reset_links`: what a link for a new password is held to.
"""
