# Every image of the platform, a target each:
#
#   docker build --target booking -t ghcr.io/event-platform/booking:0.1.0 .
#
# Targets: auth catalog booking payment worker operator frontend. All is built in containers, from source. Where the programs
# are there already (cargo build --release --locked --workspace --bins, on Debian 12 or with an older C library),
# --build-arg BINARIES=local takes those of target/release, and --build-arg SPA=local takes frontend/dist.
# k3s/testcluster/images packs the same layers without Docker.
ARG BINARIES=source
ARG SPA=source

FROM docker.io/library/rust:1.95.0-slim-bookworm AS binaries-source
# jemalloc is built by it.
RUN apt-get update && apt-get install -y --no-install-recommends make && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY Cargo.toml Cargo.lock ./
COPY .cargo .cargo
COPY bench bench
COPY crates crates
COPY migrations migrations
COPY operator operator
COPY services services
ENV SQLX_OFFLINE=true
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/build/target \
    cargo build --release --locked --workspace --bins \
    && mkdir /binaries \
    && for name in auth catalog booking payment worker operator; do cp "target/release/$name" /binaries/ || exit; done

FROM scratch AS binaries-local
COPY target/release/auth target/release/catalog target/release/booking target/release/payment target/release/worker \
    target/release/operator /binaries/

# hadolint ignore=DL3006 # one of the two above
FROM binaries-${BINARIES} AS binaries

FROM docker.io/library/node:20.19.5-bookworm-slim AS spa-source
WORKDIR /build/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci
COPY frontend ./
COPY scripts/spa /build/spa
RUN npm run build && node /build/spa/compress.mjs dist && mkdir /spa && cp -R dist/. /spa/

FROM scratch AS spa-local
COPY frontend/dist /spa

# hadolint ignore=DL3006 # one of the two above
FROM spa-${SPA} AS spa

FROM docker.io/library/nginx:1.28.0 AS frontend
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title=frontend org.opencontainers.image.version=$VERSION
COPY frontend/nginx /opt/frontend
COPY --from=spa /spa /usr/share/nginx/html
USER 101
EXPOSE 3000
STOPSIGNAL SIGQUIT
ENTRYPOINT ["/opt/frontend/entrypoint.sh"]

# No shell, no package manager; user 65532.
FROM gcr.io/distroless/cc-debian12:nonroot AS base

FROM base AS auth
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title=auth org.opencontainers.image.version=$VERSION
COPY --from=binaries /binaries/auth /
EXPOSE 8001
ENTRYPOINT ["/auth"]
CMD ["serve"]

FROM base AS catalog
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title=catalog org.opencontainers.image.version=$VERSION
COPY --from=binaries /binaries/catalog /
EXPOSE 8002
ENTRYPOINT ["/catalog"]
CMD ["serve"]

FROM base AS booking
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title=booking org.opencontainers.image.version=$VERSION
COPY --from=binaries /binaries/booking /
EXPOSE 8003
ENTRYPOINT ["/booking"]
CMD ["serve"]

FROM base AS payment
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title=payment org.opencontainers.image.version=$VERSION
COPY --from=binaries /binaries/payment /
EXPOSE 8004 8006
ENTRYPOINT ["/payment"]
CMD ["serve"]

FROM base AS worker
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title=worker org.opencontainers.image.version=$VERSION
COPY --from=binaries /binaries/worker /
EXPOSE 8005
ENTRYPOINT ["/worker"]
CMD ["serve"]

FROM base AS operator
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title=operator org.opencontainers.image.version=$VERSION
COPY --from=binaries /binaries/operator /
ENTRYPOINT ["/operator"]
CMD ["run"]
