"""A page of a workspace with a few routes of its own, all layers of security around it, and browsers to try it with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI, Form, Request, UploadFile
from starlette.testclient import TestClient

from painpoints.pipeline import Workspace
from painpoints.store import State
from painpoints.triage import Accounts
from painpoints.triage.web.app import create_app
from painpoints.triage.web.security.access import Access
from painpoints.triage.web.security.attempts import Attempts
from painpoints.triage.web.security.person import Person, need
from painpoints.triage.web.security.recording import note_audit
from painpoints.triage.web.security.stack import secure

GOOD = "four grey horses"
TEXT = "متن یک مشتری <script>alert(1)</script>"


class Browser(TestClient):
    """A browser, and what people do with the page in it."""

    def token(self, path: str = "/try/echo") -> str:
        """The token that its forms carry."""
        found = re.search(r'name="csrf" (?:content|value)="([0-9A-Za-z_-]{43,64})"', self.get(path).text)
        assert found, path
        return found[1]

    def sign_in(self, name: str, password: str = GOOD, **fields: str) -> Any:
        """Signs in by the form."""
        return self.post("/login", data={"csrf": self.token("/login"), "name": name, "password": password, **fields})

    @property
    def session(self) -> str | None:
        """The secret of its session."""
        return next((cookie.value for cookie in self.cookies.jar if "session" in cookie.name), None)


@dataclass(frozen=True)
class Page:
    """The page of a workspace."""

    app: FastAPI
    state: State

    def browser(self, access: Access | None = None, *, address: str = "127.0.0.1", scheme: str = "http",
                attempts: Attempts | None = None, outside: Any = None) -> Browser:
        """A browser at ``address`` that looks at the page; it follows no redirects."""
        access = access or Access()
        return Browser(outside or secure(self.app, self.state, access, attempts),
                       base_url=f"{scheme}://127.0.0.1:{access.port}", client=(address, 50000),
                       follow_redirects=False, raise_server_exceptions=True)

    def user(self, name: str, role: str) -> None:
        Accounts(self.state, "root").add(name, GOOD, role)


def routes(app: FastAPI) -> FastAPI:
    """Adds routes as pages have them, and some that fail."""
    @app.get("/try/echo")
    def echo(request: Request) -> Any:
        from fastapi.responses import HTMLResponse

        person = request.state.person
        return HTMLResponse(f'<p>{person.name}/{person.role}</p><input name="csrf" value="{person.csrf}">')

    @app.post("/try/change")
    def change(request: Request, words: Annotated[str, Form()] = "") -> dict[str, str]:
        return {"words": words}

    @app.post("/api/try/change")
    async def api_change(request: Request) -> dict[str, Any]:
        return {"who": request.state.person.name, "bytes": len(await request.body())}

    @app.post("/add/try/file")
    def upload(file: UploadFile, words: Annotated[str, Form()] = "") -> dict[str, Any]:
        return {"bytes": len(file.file.read()), "words": words}

    @app.get("/api/try/who")
    def who(request: Request) -> dict[str, str]:
        return {"name": request.state.person.name, "role": request.state.person.role}

    @app.get("/api/try/people")
    def people(person: Annotated[Person, Depends(need("admin"))]) -> str:
        return person.name

    @app.post("/try/done/{doc_id}")
    def done(request: Request, doc_id: str) -> str:
        note_audit(request, "queue done", [doc_id, TEXT], comments=2)
        return "done"

    @app.get("/try/export")
    def export(request: Request) -> str:
        note_audit(request, "export", (), rows=3)
        return "rows"

    @app.get("/try/files/{key}")
    def file(key: str) -> Any:
        from fastapi.responses import Response

        return Response(b"rows", headers={"Content-Disposition": 'attachment; filename="rows.csv"'})

    @app.post("/try/undo/{key}")
    def undo(key: str) -> str:
        return key

    @app.get("/try/fails")
    def fails() -> None:
        raise ValueError(TEXT)

    @app.get("/try/preview")
    def preview(policy: str) -> Any:
        from fastapi.responses import HTMLResponse

        return HTMLResponse("<p>", headers={"Content-Security-Policy": policy, "Cache-Control": "public",
                                            "Server": "x"})

    return app


@pytest.fixture
def workspace(tmp_path: Path, database: str | None, quick_hashes: None, monkeypatch: pytest.MonkeyPatch
              ) -> Iterator[Workspace]:
    """A workspace with nothing in it, its state in a file or on a server."""
    monkeypatch.setenv("PAINPOINTS_USER", "root")
    with Workspace.create(tmp_path / "shop", database=database) as made:
        yield made


@pytest.fixture
def page(workspace: Workspace) -> Page:
    """Its page."""
    return Page(routes(create_app(workspace)), workspace.folder.state)


@pytest.fixture
def signed_in(page: Page) -> Callable[[str], Browser]:
    """Browsers of people with an account: one a role."""
    def browser(role: str) -> Browser:
        name = f"the {role}"
        if Accounts(page.state, "root").user(name) is None:
            page.user(name, role)
        made = page.browser()
        assert made.sign_in(name).status_code == 303
        return made

    return browser
