# The dashboard in a container: gunicorn as pid 1, no root, nothing written but /dev/shm.
#
#   docker build -t marketing-dashboard .
#   docker run -p 127.0.0.1:8050:8050 marketing-dashboard             the demo, made while building
#   docker build --build-arg NODE=node:22-slim -t marketing-dashboard .     with a plotly.js of the charts in use, a quarter
#   of the whole one, which serves otherwise. What `make bundle` has made here is not copied.
#   --build-arg BASE=NAME@sha256:…     of another base than the one below (Python 3.11.16), named by digest because a name alone
#   is another image next month (docs/releasing.md); where no registry can be reached, of a local one: BASE=python:3.11-slim-bookworm.
#   `marketing-dashboard check` in the image says what it was built from.
#   docker run -p 127.0.0.1:8050:8050 -v "$PWD/data:/data" -e DASHBOARD_FACTS=/data/facts ... marketing-dashboard
#
# docs/sign-in.md and deploy/ show it behind a company's sign-in.
ARG BASE=python:3.11-slim-bookworm@sha256:a36c24f9cbdf4fd0f52d67f0823eeac19c2028c637cecc392d97f980d4fec56b
ARG NODE=${BASE}

# Where this has npm, the small plotly.js is made, of files checked by the lock's hashes; else nothing is, and nothing fails.
FROM ${NODE} AS bundle
WORKDIR /srv/bundles
COPY bundles ./
RUN if command -v npm >/dev/null; then \
        npm ci --silent --no-audit --no-fund --ignore-scripts && mkdir -p built && node build.mjs && rm -rf node_modules; \
    fi

FROM ${BASE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /srv/dashboard
RUN python3 -m venv /srv/venv
COPY requirements.lock ./
RUN /srv/venv/bin/pip install --quiet --only-binary :all: --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE NOTICE.md app.py cli.py serving.py settings.py setting_values.py ./
COPY access access
COPY assets assets
COPY --from=bundle /srv/bundles bundles
COPY callbacks callbacks
COPY components components
COPY datagen datagen
COPY facts facts
COPY ingest ingest
COPY kpi kpi
COPY machine machine
COPY pages pages
COPY report report
COPY views views
COPY web web
RUN /srv/venv/bin/pip install --quiet --no-deps --no-build-isolation -e . \
    && /srv/venv/bin/python -m datagen --out /srv/demo/facts \
    && /srv/venv/bin/pip uninstall --quiet --yes pip \
    && rm -rf build \
    && find /srv/venv -depth -type d \( -name tests -o -name test \) -path '*/site-packages/*' -exec rm -rf {} + \
    && /srv/venv/bin/python -m compileall -q /srv/venv/lib /srv/dashboard >/dev/null \
    && chmod -R a+rX,go-w /srv

FROM ${BASE}
ARG BASE
LABEL org.opencontainers.image.base.name=${BASE}
COPY --from=build /srv /srv
WORKDIR /srv/dashboard
RUN echo "${BASE}" > base-image
ENV PATH=/srv/venv/bin:$PATH \
    HOME=/tmp TMPDIR=/dev/shm MALLOC_ARENA_MAX=2 ARROW_DEFAULT_MEMORY_POOL=system PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DASHBOARD_HOST=0.0.0.0 DASHBOARD_LOG=json DASHBOARD_FACTS=/srv/demo/facts DASHBOARD_DEMO_UPLOADS=off
USER 10001:10001
EXPOSE 8050
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "import os, urllib.request as web; address = 'http://127.0.0.1:' + os.environ.get('DASHBOARD_PORT', '8050') + '/healthz'; raise SystemExit(web.urlopen(address, timeout=2).read() != b'ok\\n')"]
ENTRYPOINT ["marketing-dashboard"]
CMD ["serve"]
