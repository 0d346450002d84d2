# Apache with mod_auth_openidc, for compose.yaml and as an example; a company's own proxy does as well. The base is
# named by digest, as in the dashboard's Dockerfile.
ARG BASE=debian:bookworm-slim@sha256:88200866dfff7ea7f5cbcb6ec7c8a701889efe6fe859fe64d6990e4b07ea4171
FROM ${BASE}
ARG BASE
LABEL org.opencontainers.image.base.name=${BASE}
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends apache2 libapache2-mod-auth-openidc ca-certificates \
    && rm -rf /var/lib/apt/lists/*
COPY httpd.conf /etc/dashboard/httpd.conf
ENV LISTEN=8080 STATE=/tmp ERRORS=/dev/stderr MODULES=/usr/lib/apache2/modules
USER 10002:10002
EXPOSE 8080
STOPSIGNAL SIGWINCH
ENTRYPOINT ["apache2", "-f", "/etc/dashboard/httpd.conf", "-DFOREGROUND"]
