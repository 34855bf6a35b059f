#!/bin/sh
# build/sign-checksums.sh FOLDER signs FOLDER/SHA256SUMS as SSHSIG and checks the signature as whoever downloads it does.
#
# SIGNING_KEY_FILE  the private key, as ssh-keygen makes it
# SIGNERS           who may sign; build/release-signers otherwise
set -eu

folder=${1:?FOLDER is missing}
key=${SIGNING_KEY_FILE:?SIGNING_KEY_FILE is missing}
signers=${SIGNERS:-$(dirname "$0")/release-signers}
identity=kube-backup-release
sums=$folder/SHA256SUMS

if ! grep -q "^$identity " "$signers"; then
  echo "error: Cannot sign $sums: $signers names no key of $identity" >&2
  exit 1
fi
rm -f "$sums.sig"
ssh-keygen -q -Y sign -f "$key" -n file "$sums"
# A key that nobody knows would sign what nobody believes.
if ! ssh-keygen -q -Y verify -f "$signers" -I "$identity" -n file -s "$sums.sig" < "$sums"; then
  rm -f "$sums.sig"
  echo "error: Cannot sign $sums: the key is none of $signers" >&2
  exit 1
fi
