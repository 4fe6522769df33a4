# The command in a container:
#   docker build --tag mqtt-vs-http .
#   mkdir -p results && docker run --rm --user "$(id -u):$(id -g)" --volume "$PWD/results:/data/results" mqtt-vs-http run all
FROM node:24-slim AS build
WORKDIR /build
COPY . .
# Its prepare script builds.
RUN npm ci --no-audit --no-fund && mkdir /package && npm pack --ignore-scripts --pack-destination /package

FROM node:24-slim
# MQTT 5 is spoken with Mosquitto; iproute2 for what is counted on a link of its own.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends mosquitto iproute2 \
  && rm -rf /var/lib/apt/lists/*
COPY --from=build /package /package
RUN npm install --global --no-audit --no-fund /package/*.tgz && rm -r /package
# Whoever runs it need not be known to the container: docker run --user 12345:12345.
RUN mkdir -m 1777 /data
WORKDIR /data
ENV HOME=/tmp
USER node
ENTRYPOINT ["mqtt-vs-http"]
CMD ["--help"]
