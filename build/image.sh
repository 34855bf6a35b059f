#!/bin/sh
# Builds the image with docker or buildah, whichever is there. What the environment may say:
#   IMAGE          its name; kube-backup:VERSION by default
#   BASE_IMAGE     what it is built on; by default what Dockerfile.distroless names
#   EXECUTABLE     the executable in it; dist/kube-backup by default
#   PLATFORM       the executable's platform, linux/arm64; this machine's by default
#   IMAGE_BUILDER  docker or buildah
set -eu
cd "$(dirname "$0")/.."

version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' package.json)
IMAGE=${IMAGE:-kube-backup:$version}
EXECUTABLE=${EXECUTABLE:-dist/kube-backup}
# The time of the commit: one commit makes one image.
time=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2> /dev/null || date +%s)}

# GNU's way to say it, then BSD's.
format=+%Y-%m-%dT%H:%M:%SZ
created=$(date -u -d "@$time" "$format" 2> /dev/null || date -u -r "$time" "$format")

if [ -z "${IMAGE_BUILDER:-}" ]; then
  # A docker command may be there without an engine.
  if docker info > /dev/null 2>&1; then
    IMAGE_BUILDER=docker
  elif command -v buildah > /dev/null; then
    IMAGE_BUILDER=buildah
  else
    echo "error: Cannot build an image: there is neither a running docker nor buildah" >&2
    exit 1
  fi
fi

set -- --file Dockerfile.distroless --tag "$IMAGE" \
  --build-arg "EXECUTABLE=$EXECUTABLE" \
  --build-arg "VERSION=$version" \
  --build-arg "REVISION=${COMMIT:-$(git rev-parse HEAD 2> /dev/null || echo unknown)}" \
  --build-arg "CREATED=$created"
[ -z "${BASE_IMAGE:-}" ] || set -- "$@" --build-arg "BASE_IMAGE=$BASE_IMAGE"
[ -z "${PLATFORM:-}" ] || set -- "$@" --platform "$PLATFORM"

case $IMAGE_BUILDER in
  docker) SOURCE_DATE_EPOCH=$time DOCKER_BUILDKIT=1 docker build "$@" . ;;
  # Nothing is run in the image: no isolation is needed, and chroot works in containers too.
  buildah) buildah build --isolation chroot --format oci --timestamp "$time" "$@" . ;;
  *) echo "error: IMAGE_BUILDER is $IMAGE_BUILDER: it must be docker or buildah" >&2 && exit 2 ;;
esac
echo "Built $IMAGE"
