"""Errors as people see them: a page, or a line where something was tried; never a trace, never a text."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from painpoints.errors import (
    BusyError,
    ConflictError,
    EmptyInputError,
    MissingExtraError,
    PainpointsError,
    StorageError,
    UsageError,
    WorkspaceError,
)
from painpoints.triage.web.rendering import is_fragment, render
from painpoints.triage.web.site import language_of, site_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markupsafe import Markup

_LOG = logging.getLogger(__name__)
_STATUS: Mapping[type[PainpointsError], int] = {
    ConflictError: 409, BusyError: 503, EmptyInputError: 404, UsageError: 422, WorkspaceError: 404,
    MissingExtraError: 501, StorageError: 507}
_SAID = {403, 409, 413, 429, 501, 503, 507}
"""What is said whole by the wording of its status."""
_WORDED = {400, 401, 403, 404, 409, 413, 422, 429, 501, 503, 507}


class Refused(Exception):
    """What a page does not do, told at ``key`` of its wording with the answer ``status``."""

    def __init__(self, status: int, key: str) -> None:
        super().__init__(key)
        self.status, self.key = status, key


def add_failures(app: FastAPI) -> None:
    """Lets ``app`` answer errors with what the person can do about them."""
    app.add_exception_handler(PainpointsError, _ours)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _unknown)


def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, PainpointsError)
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 500)
    return answer(request, status, error.message, error.hint)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return answer(request, error.status, words=site_of(request).wording(language_of(request))(error.key))


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return answer(request, error.status_code, headers=error.headers)


def _invalid(request: Request, error: Exception) -> Response:
    # What was sent is not repeated: it may be a customer's text, or mark-up.
    return answer(request, 422)


def _unknown(request: Request, error: Exception) -> Response:
    # The kind and the place are logged, not the message nor the address: they may hold a text.
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "" if trace is None else f" at {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
    route = getattr(request.scope.get("route"), "path", "")
    _LOG.error("%s %s: %s%s", request.method, route, type(error).__name__, place)
    return answer(request, 500)


def answer(request: Request, status: int, message: str | None = None, hint: str | None = None,
           headers: Mapping[str, str] | None = None, words: Markup | None = None) -> Response:
    """The answer ``status``: JSON under /api, a line for a script of the page, else a page.

    People read what the status means in their language, and ``words`` if given; the library's own ``message``, which is
    English, only where it says what to do otherwise.
    """
    if request.url.path.startswith("/api/"):
        body = {"error": message or _plain(status), **({} if hint is None else {"hint": hint})}
        return JSONResponse(body, status, dict(headers or {}))
    template = "told.html.j2" if is_fragment(request) else "failure.html.j2"
    detail = None if status in _SAID else message
    page = render(request, template, status=status, code=status if status in _WORDED else 500, message=words,
                  detail=detail, undo=None, kind="failure", words=None)
    page.headers.update(headers or {})
    return page


def _plain(status: int) -> str:
    from http import HTTPStatus

    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
