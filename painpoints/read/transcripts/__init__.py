"""Conversations out of files: turns, speakers and times, in whatever form support tools and chats export them.

Promise: what was said stays as it was written; whom a label was taken for, and why, is in the plan; every turn that is
left out is counted there.
"""

from __future__ import annotations

from painpoints.read.transcripts.builder import TranscriptBuilder, TranscriptPlan
from painpoints.read.transcripts.conversation import Transcripts
from painpoints.read.transcripts.mail import mail_transcripts
from painpoints.read.transcripts.nested import conversations_in
from painpoints.read.transcripts.opening import may_be_transcript, table_transcripts, text_transcripts

__all__ = ["TranscriptBuilder", "TranscriptPlan", "Transcripts", "conversations_in", "mail_transcripts",
           "may_be_transcript", "table_transcripts", "text_transcripts"]
