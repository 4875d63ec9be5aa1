"""Pure reading of an appeal: text in, proposal out; no database, no clock, no files."""

from tracker.intake.proposal import Proposal, read_appeal

__all__ = ["Proposal", "read_appeal"]
