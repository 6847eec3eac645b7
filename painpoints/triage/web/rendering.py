"""Templates filled for one request: in its language, for its person."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from painpoints.report import isolates_as_markup, without_isolates
from painpoints.triage.web.prints import prints
from painpoints.triage.web.security.gate import local_path
from painpoints.triage.web.site import language_of, site_of
from painpoints.triage.web.wording import LANGUAGES

if TYPE_CHECKING:
    from fastapi import Request

REMEMBERED = 365 * 24 * 3600


def render(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """``template`` for a request, with what every template knows: wording ``t``, edition ``e``, person, site, links.

    A language asked for by ``?lang=`` is remembered.
    """
    response = HTMLResponse(fill(request, template, **context), status_code=status)
    asked = request.query_params.get("lang")
    if asked is not None and asked in LANGUAGES:
        response.set_cookie("lang", asked, max_age=REMEMBERED, samesite="lax", httponly=True,
                            secure=request.url.scheme == "https")
    return response


def fill(request: Request, template: str, **context: Any) -> str:
    """The text of ``template`` for a request."""
    site, lang = site_of(request), language_of(request)
    wording = site.wording(lang)
    return environment().get_template(template).render(
        t=wording, e=wording.edition, lang=lang, direction="rtl" if wording.edition.rtl else "ltr",
        languages=LANGUAGES, person=getattr(request.state, "person", None), site=site, request=request,
        fragment=is_fragment(request), in_language=partial(_in_language, request), **context)


def _in_language(request: Request, code: str) -> str:
    """The address of the same page in another language. The path is quoted again: it may hold a question mark."""
    asked = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return f"{quote(request.scope['path'])}?{urlencode([*asked, ('lang', code)])}"


def is_fragment(request: Request) -> bool:
    """Whether a part of a page is asked for, by a script in it."""
    return request.headers.get("hx-request") == "true" and request.headers.get("hx-boosted") != "true"


def came_from(request: Request) -> str | None:
    """The page of ours that a request was sent from, None where that is not told, or is what was asked for."""
    sent = urlsplit(request.headers.get("referer", ""))
    path = f"{sent.path}?{sent.query}" if sent.query else sent.path
    here = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
    if sent.netloc != request.url.netloc or local_path(path) == "/" or (request.method == "GET" and path == here):
        return None
    return path


@cache
def environment() -> Environment:
    """The templates."""
    found = Environment(loader=PackageLoader("painpoints.triage.web", "templates"), autoescape=True, trim_blocks=True,
                        lstrip_blocks=True, undefined=StrictUndefined, auto_reload=False)
    found.globals["static"] = static
    found.globals["came_from"] = came_from
    found.filters["isolated"] = isolates_as_markup
    found.filters["aloud"] = without_isolates
    found.filters["kind"] = lambda block: type(block).__name__
    return found


def static(name: str) -> str:
    """The address of a file under ``static``, which changes with its contents."""
    return f"/static/{name}?v={prints()[name]}"
