"""Serves the files of the first load (components/bundles.py), compressed beforehand and cached for good."""

from typing import Final

from flask import Flask, Response, request

from components.bundles import Bundles, chunks
from web.data_files import refusal

#: The name changes with the content, so nobody needs to ask again.
FOR_GOOD: Final = "public, max-age=31536000, immutable"


def register(server: Flask, bundles: Bundles) -> None:
    """Add the route."""
    parts = chunks()
    known = {bundle.name: bundle for bundle in bundles.all()}

    @server.get("/bundles/<name>")
    def bundle(name: str) -> Response:
        found = known.get(name)
        if found is None and name in parts:
            return _asked_again(parts[name].read_bytes())
        if found is None:
            return refusal(404, "There is nothing at this address.")
        headers = {"Cache-Control": FOR_GOOD}
        body = found.body
        if found.codings:
            headers["Vary"] = "Accept-Encoding"
        for coding in found.codings:
            if request.accept_encodings[coding]:
                headers["Content-Encoding"] = coding
                body = found.br if coding == "br" else found.gzip
                break
        return Response(body, content_type=found.kind, headers=headers)


def _asked_again(body: bytes) -> Response:
    """A script whose name stays the same with the next Dash: a browser keeps it and asks whether it is still that."""
    response = Response(body, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})
    response.add_etag()
    response.make_conditional(request)
    return response
