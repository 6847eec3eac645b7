"""The digest of a workspace: one page on a week, for people who decide.

Comes in: WorkspaceData, trends and a period. Goes out: a `Digest`, and HTML, Markdown, text or JSON made of it.
Promise: every form says the same, in one language, and every change that is called one was tested.
"""
