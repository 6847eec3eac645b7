"""The tables of a workspace's state as SQLAlchemy knows them; `migrations` makes them."""

from __future__ import annotations

from sqlalchemy import Column, Float, Integer, MetaData, Table, Text

METADATA = MetaData()

meta = Table("meta", METADATA, Column("name", Text, primary_key=True), Column("value", Text))

additions = Table("additions", METADATA, Column("number", Integer, primary_key=True, autoincrement=False),
                  Column("made", Text), Column("inputs", Text), Column("documents", Integer), Column("units", Integer),
                  Column("note", Text))

documents = Table("documents", METADATA, Column("doc_id", Text, primary_key=True), Column("addition", Integer))

painpoints = Table("painpoints", METADATA, Column("painpoint_id", Text, primary_key=True), Column("title", Text),
                   Column("titles", Text), Column("named_by", Text), Column("status", Text),
                   Column("merged_into", Text), Column("pinned", Integer), Column("addition", Integer),
                   Column("made", Text), Column("titled", Integer))

placements = Table("placements", METADATA, Column("unit_id", Text, primary_key=True), Column("addition", Integer),
                   Column("painpoint_id", Text), Column("strength", Float), Column("placed_by", Text))

lineage = Table("lineage", METADATA, Column("number", Integer, primary_key=True, autoincrement=False),
                Column("made", Text), Column("addition", Integer), Column("painpoint_id", Text), Column("event", Text),
                Column("other", Text), Column("detail", Text))

bonds = Table("bonds", METADATA, Column("number", Integer, primary_key=True, autoincrement=False), Column("made", Text),
              Column("kind", Text), Column("painpoint_id", Text), Column("unit_id", Text), Column("other", Text))

proposals = Table("proposals", METADATA, Column("number", Integer, primary_key=True, autoincrement=False),
                  Column("addition", Integer), Column("kind", Text), Column("painpoint_id", Text),
                  Column("other", Text), Column("share", Float))

alerts = Table("alerts", METADATA, Column("number", Integer, primary_key=True, autoincrement=False),
               Column("made", Text), Column("painpoint_id", Text), Column("kind", Text), Column("since", Text),
               Column("detail", Text), Column("status", Text), Column("until", Text))

deliveries = Table("deliveries", METADATA, Column("key", Text, primary_key=True), Column("made", Text),
                   Column("digest", Text), Column("target", Text), Column("status", Text), Column("tries", Integer),
                   Column("detail", Text))

triage = Table("triage", METADATA, Column("doc_id", Text, primary_key=True), Column("status", Text),
               Column("assignee", Text), Column("note", Text), Column("version", Integer), Column("changed", Text),
               Column("changed_by", Text))

triage_history = Table("triage_history", METADATA, Column("number", Integer, primary_key=True, autoincrement=False),
                       Column("made", Text), Column("who", Text), Column("change", Integer), Column("undoes", Integer),
                       Column("doc_id", Text), Column("field", Text), Column("before", Text), Column("after", Text),
                       Column("unit_id", Text))

corrections = Table("corrections", METADATA, Column("unit_id", Text, primary_key=True),
                    Column("field", Text, primary_key=True), Column("doc_id", Text), Column("value", Text),
                    Column("made", Text), Column("who", Text))

edits = Table("edits", METADATA, Column("number", Integer, primary_key=True, autoincrement=False), Column("made", Text),
              Column("who", Text), Column("kind", Text), Column("painpoint_id", Text), Column("other", Text),
              Column("undoes", Integer), Column("follows", Integer), Column("undo", Text))

views = Table("views", METADATA, Column("number", Integer, primary_key=True, autoincrement=False), Column("made", Text),
              Column("owner", Text), Column("name", Text), Column("shared", Integer), Column("query", Text))

users = Table("users", METADATA, Column("name", Text, primary_key=True), Column("shown", Text), Column("hash", Text),
              Column("role", Text), Column("made", Text), Column("changed", Text))

sessions = Table("sessions", METADATA, Column("key", Text, primary_key=True), Column("name", Text),
                 Column("role", Text), Column("csrf", Text), Column("made", Text), Column("seen", Text))

audit = Table("audit", METADATA, Column("number", Integer, primary_key=True, autoincrement=False), Column("made", Text),
              Column("who", Text), Column("action", Text), Column("object", Text), Column("detail", Text))

# What was forgotten, by the keyed hash of its doc_id: enough to keep a dump from bringing it back, and no more.
forgotten = Table("forgotten", METADATA, Column("mark", Text, primary_key=True), Column("made", Text))

exports = Table("exports", METADATA, Column("number", Integer, primary_key=True, autoincrement=False),
                Column("made", Text), Column("who", Text), Column("kind", Text), Column("form", Text),
                Column("place", Text), Column("rows", Integer), Column("additions", Integer), Column("detail", Text))
