"""The application: pages and API over one workspace."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from painpoints._version import __version__
from painpoints.triage.web.api import api_routers
from painpoints.triage.web.failures import add_failures
from painpoints.triage.web.pages import routers
from painpoints.triage.web.site import Site
from painpoints.triage.web.warming import warmed

if TYPE_CHECKING:
    from painpoints.pipeline import Workspace


def create_app(workspace: Workspace) -> FastAPI:
    """The pages and the API over ``workspace``, without what decides who may see them (see ``security``)."""
    app = FastAPI(title="painpoints", version=__version__, docs_url=None, redoc_url=None,
                  openapi_url="/api/openapi.json", lifespan=warmed)
    app.state.site = Site(workspace)
    add_failures(app)
    with resources.as_file(resources.files("painpoints.triage.web").joinpath("static")) as folder:
        app.mount("/static", StaticFiles(directory=folder), name="static")
    for router in (*routers(), *api_routers()):
        app.include_router(router)
    return app
