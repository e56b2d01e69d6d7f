# One image: the bundle and nothing else. Without arguments it runs a whole plane in the volume /plane; the name of a
# service as its first argument runs that one alone, as docker-compose.yml does.
ARG NODE_IMAGE=node:24-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /src
COPY . .
RUN npm run build -- ensign

FROM ${NODE_IMAGE}
COPY --from=build /src/apps/ensign/package.json /ensign/
COPY --from=build /src/apps/ensign/dist /ensign/dist
# Users: 10000 makes keys and certificates and runs a whole plane, 10001 to 10003 are the services. A new volume takes over
# what lies at its mount point: 10000 writes a service's folder, and the service's group reads it.
RUN install -d -m 0700 -o 10000 -g 10000 /plane \
 && install -d -m 0750 -o 10000 -g 10001 /services/apiserver \
 && install -d -m 0750 -o 10000 -g 10002 /services/controller-manager \
 && install -d -m 0750 -o 10000 -g 10003 /services/oidc-discovery \
 && install -d -m 0700 -o 10003 -g 10003 /published
USER 10000:10000
VOLUME /plane
WORKDIR /plane
ENV ENSIGN_DIR=/plane ENSIGN_BIND_ADDRESS=0.0.0.0 ENSIGN_IN_CONTAINER=true
EXPOSE 6443 8443
HEALTHCHECK --interval=10s --timeout=6s --start-period=30s CMD ["node", "/ensign/dist/main.js", "probe"]
# Node as the first process handles SIGTERM itself, and starts no others that an init would have to wait for.
ENTRYPOINT ["node", "--disable-sigusr1", "/ensign/dist/main.js"]
CMD ["up"]
