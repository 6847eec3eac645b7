"""The page: the queue, the pain points, the map and the digest in a browser, for people who share a workspace.

Comes in: a workspace and requests. Goes out: pages, fragments and JSON. Promise: no text is ever mark-up, nobody does
what their role does not allow, and nothing is fetched from elsewhere.
"""
