# One image for all services: the bundles and nothing else. The command says which one runs.
ARG NODE_IMAGE=node:24-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /src
COPY . .
RUN npm ci --no-audit --no-fund && npm run build

FROM ${NODE_IMAGE}
COPY --from=build /src/apps/apiserver/dist /ensign/apiserver
COPY --from=build /src/apps/controller-manager/dist /ensign/controller-manager
COPY --from=build /src/apps/oidc-discovery/dist /ensign/oidc-discovery
COPY --from=build /src/apps/ensign/dist /ensign/ensign
USER 1000
ENTRYPOINT ["node"]
