# The images of SmartStack's processes, and the web app's static export; see architecture/adr/0015-containers.md.
#   docker build --build-arg SERVICE=tasks -t smartstack-tasks .      comms, ai and gateway likewise
#   docker build --build-arg SERVICE=ops --build-arg MODULE=smartstack_ops.__main__ -t smartstack-ops .
#   docker build --build-arg SERVICE=cli --build-arg FOLDER=cli --build-arg MODULE=smartstack_cli.compose \
#       -t smartstack-cli .
#   docker build --target web -t smartstack-web .
# A release names the bases by digest: --build-arg PYTHON_IMAGE=python@sha256:…
ARG PYTHON_IMAGE=python:3.13-slim
ARG NODE_IMAGE=node:24-slim
ARG SERVICE=tasks

# A service needs no apt, no bash, no Perl and none of Python's own tools. What is a Debian package is removed
# by dpkg, so that its list of packages, which scanners read, stays true.
FROM ${PYTHON_IMAGE} AS python
# hadolint ignore=DL3003,SC2086
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin smartstack \
 && install --directory --owner 10001 --group 10001 /data /web /run/smartstack \
 && libraries="$(dpkg-query --show --showformat '${Package} ' 'libapt-pkg[0-9]*' 'libdb5*')" \
 && dpkg --purge --force-remove-essential --force-remove-protected --force-depends apt ${libraries} sqv debconf perl-base \
    bash bsdutils diffutils findutils mount ncurses-bin openssl passwd tar util-linux \
 && cd /usr/local/lib/python3.* \
 && rm -rf ensurepip idlelib pydoc_data tkinter turtledemo config-* site-packages/* \
 && rm -rf /usr/local/include /usr/local/share /usr/local/bin/idle* /usr/local/bin/pip* /usr/local/bin/pydoc* \
 && rm -rf /usr/lib/*/gconv /var/cache/* /var/lib/apt /var/log/*

FROM ${PYTHON_IMAGE} AS packages
ENV UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never UV_SYSTEM_CERTS=1
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends binutils && rm -rf /var/lib/apt/lists/*
COPY cli/locks/boot.lock /tmp/
RUN pip install --no-cache-dir --require-hashes --requirement /tmp/boot.lock \
 && uv venv /app/.venv
ARG SERVICE
ARG FOLDER=services/${SERVICE}
# Which packages an image holds is listed per image; their hashes are in one file for all.
COPY requirements.lock ${FOLDER}/requirements.txt /tmp/
RUN --mount=type=cache,target=/root/.cache uv pip install --python /app/.venv --no-deps --only-binary :all: \
    --require-hashes --constraints /tmp/requirements.lock --requirements /tmp/requirements.txt
# Debugging symbols, sources of compiled modules, and the descriptions of AWS services that nobody here calls go.
ARG AWS_SERVICES="bedrock-runtime dynamodb s3 ses sesv2 sns sqs ssm sts"
# hadolint ignore=DL3003
RUN cd /app/.venv/lib/python3.*/site-packages \
 && find . -name '*.so*' -type f -exec strip --strip-unneeded {} + \
 && find . -type f \( -name '*.pyx' -o -name '*.pxd' -o -name '*.pyi' -o -name '*.c' -o -name '*.h' \) -delete \
 && find . -type d -name tests -prune -exec rm -r {} + \
 && cd botocore/data \
 && for service in */; do case " ${AWS_SERVICES} " in *" ${service%/} "*) ;; *) rm -r "${service}" ;; esac; done

# Everything is at its final path, because bytecode knows its source by it. What is imported here is compiled here: the
# images' own file system is never written to. And a service that does not even import gets no image.
FROM python AS application
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONPATH=/app/code/own/src:/app/code/shared \
    PYTHONPYCACHEPREFIX=/app/bytecode
COPY --from=packages /app/.venv /app/.venv
COPY contracts/src libs/chassis/src libs/dates/src libs/faststream-sqs/src libs/redaction/src /app/code/shared/
ARG SERVICE
ARG FOLDER=services/${SERVICE}
ARG MODULE=smartstack_${SERVICE}.main
COPY ${FOLDER} /app/code/own
RUN python -c 'import importlib, sys; [importlib.import_module(name) for name in sys.argv[1:]]' "${MODULE}" \
    smartstack_chassis.events.bus sqlalchemy.dialects.postgresql.asyncpg uvicorn.protocols.http.httptools_impl \
    uvicorn.lifespan.off anyio.from_thread encodings.idna http.client

# From scratch: a layer below this one would still carry what was removed above.
FROM scratch AS runtime
# hadolint ignore=DL3067
COPY --from=python / /
ENV LANG=C.UTF-8 \
    PATH=/app/.venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONPATH=/app/code/own/src:/app/code/shared \
    PYTHONPYCACHEPREFIX=/app/bytecode \
    PYTHONUNBUFFERED=1 \
    SMARTSTACK_HTTP_HOST=0.0.0.0 \
    SMARTSTACK_HTTP_PORT=8000
EXPOSE 8000
USER 10001:10001
# Where there is no tmpfs (Fargate), what is mounted at /tmp belongs to our user only if the image says so.
VOLUME ["/tmp"]
STOPSIGNAL SIGTERM
# Alive, not ready: who restarts what is unhealthy must not do so because the database is down.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["python", "-Sc", "import http.client, sys; \
    c = http.client.HTTPConnection('127.0.0.1', 8000, timeout=2); c.request('GET', '/health/live'); \
    sys.exit(c.getresponse().status != 200)"]

FROM runtime AS tasks
ENTRYPOINT ["python", "-m", "smartstack_tasks"]
FROM runtime AS comms
ENTRYPOINT ["python", "-m", "smartstack_comms"]
FROM runtime AS ai
ENTRYPOINT ["python", "-m", "smartstack_ai"]
FROM runtime AS gateway
ENTRYPOINT ["python", "-m", "smartstack_gateway"]
FROM runtime AS ops
ENTRYPOINT ["python", "-m", "smartstack_ops"]
FROM runtime AS cli
ENTRYPOINT ["python", "-m", "smartstack_cli.compose"]

FROM ${NODE_IMAGE} AS web-build
ENV NEXT_TELEMETRY_DISABLED=1
WORKDIR /frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci
COPY frontend ./
RUN npm run build && mv out/csp.json .

# Lays the web app's files into the volume /web for whoever serves them, the policies last: a new one of them tells the
# gateway that the export is new.
FROM runtime AS web
COPY --from=web-build /frontend/csp.json /policies/
COPY --from=web-build /frontend/out /export
HEALTHCHECK NONE
ENTRYPOINT ["sh", "-c", "rm -rf /web/* && cp -R /export/. /policies/. /web"]

# hadolint ignore=DL3006
FROM ${SERVICE}
COPY --from=packages /app/.venv /app/.venv
COPY --from=application /app/code /app/code
COPY --from=application /app/bytecode /app/bytecode
