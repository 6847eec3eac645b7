"""The pages, one module each: routes that ask the workspace and fill a template."""
