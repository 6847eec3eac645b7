"""The page's sections: from the report's tables to what the templates print.

Comes in: an Edition, the RunData and the tables computed once. Goes out: plain values, local and ready to print.
Promise: nothing here is mark-up except through markupsafe, so the templates' autoescaping covers customer text.
"""
