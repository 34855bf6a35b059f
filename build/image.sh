#!/bin/sh
# Builds the image with docker or buildah, whichever is available. Environment variables:
#   IMAGE          name of the image; kube-backup:VERSION by default
#   BASE_IMAGE     base image; by default the base image in Dockerfile.distroless
#   EXECUTABLE     executable to copy into the image; dist/kube-backup by default
#   PLATFORM       platform of the executable, linux/arm64; by default the platform of this machine
#   IMAGE_BUILDER  docker or buildah
set -eu
cd "$(dirname "$0")/.."

version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' package.json)
IMAGE=${IMAGE:-kube-backup:$version}
EXECUTABLE=${EXECUTABLE:-dist/kube-backup}
# The time of the commit, so that one commit always gives the same image.
time=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2> /dev/null || date +%s)}

# GNU date, then BSD date.
format=+%Y-%m-%dT%H:%M:%SZ
created=$(date -u -d "@$time" "$format" 2> /dev/null || date -u -r "$time" "$format")

if [ -z "${IMAGE_BUILDER:-}" ]; then
  # The docker command may be installed without a running engine.
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
  # The build runs no command in the image and needs no isolation. chroot also works in containers.
  buildah) buildah build --isolation chroot --format oci --timestamp "$time" "$@" . ;;
  *) echo "error: IMAGE_BUILDER is $IMAGE_BUILDER: it must be docker or buildah" >&2 && exit 2 ;;
esac
echo "Built $IMAGE"
