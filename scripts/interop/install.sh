#!/usr/bin/env bash
# Installs the foreign clients and servers of the interoperability tests on Debian 12: packages of the
# distribution with apt-get, Python packages in .cache/interop/venv, those of SMS API's own client in
# .cache/interop/sms-api-venv, and the libraries of science in .cache/interop/science-venv. What is there already is kept, so that a second run takes a second. Ends with a clear sentence when something cannot be had.
set -euo pipefail
cd "$(dirname "$0")/../.."

packages=(
  awscli # AWS CLI 2
  ceph-mgr ceph-mon ceph-osd radosgw
  chromium
  curl
  faketime
  fish zsh
  jq
  libarchive-tools # bsdtar
  man-db mandoc
  python3 python3-venv
  rclone
  s3cmd
  unzip
  util-linux
  uuid-runtime
  zip
)
commands=(
  /usr/bin/aws
  bsdtar
  ceph ceph-mgr ceph-mon ceph-osd monmaptool radosgw radosgw-admin
  chromium curl faketime fish jq man mandoc rclone s3cmd setpriv unzip uuidgen zip zsh
)
venv=.cache/interop/venv
sms_api_venv=.cache/interop/sms-api-venv
science_venv=.cache/interop/science-venv

fail() {
  echo "interop: $*" >&2
  exit 1
}

is_installed() {
  [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

install_packages() {
  command -v dpkg-query >/dev/null && command -v apt-get >/dev/null ||
    fail "the interoperability tests install their clients and servers with apt-get; there is none here."
  local missing=()
  for package in "${packages[@]}"; do
    is_installed "$package" || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  [ "$(id -u)" -eq 0 ] ||
    fail "packages are missing. Run as root: apt-get install --no-install-recommends ${missing[*]}"
  echo "interop: installing ${missing[*]}"
  local apt=(apt-get -q -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300)
  export DEBIAN_FRONTEND=noninteractive
  "${apt[@]}" update </dev/null || fail "apt-get update failed."
  "${apt[@]}" install -y --no-install-recommends "${missing[@]}" </dev/null ||
    fail "apt-get could not install: ${missing[*]}"
}

# install_python_packages VENV REQUIREMENTS
install_python_packages() {
  local venv="$1" requirements="$2" wanted
  wanted="$(/usr/bin/python3 --version) $(sha256sum <"$requirements")"
  [ "$(cat "$venv/.installed" 2>/dev/null)" = "$wanted" ] && return
  echo "interop: installing the Python packages of $requirements"
  rm -rf "$venv"
  mkdir -p "$(dirname "$venv")"
  /usr/bin/python3 -m venv "$venv" || fail "python3 -m venv failed."
  "$venv/bin/python" -m pip --disable-pip-version-check --no-input install --quiet --no-deps \
    --requirement "$requirements" || fail "pip could not install what $requirements names."
  "$venv/bin/python" -m pip --disable-pip-version-check check ||
    fail "$requirements is not complete."
  echo "$wanted" >"$venv/.installed"
}

install_packages
for command in "${commands[@]}"; do
  command -v "$command" >/dev/null || fail "$command is missing although its package is installed."
done
install_python_packages "$venv" scripts/interop/requirements.txt
install_python_packages "$sms_api_venv" scripts/interop/sms-api-requirements.txt
install_python_packages "$science_venv" scripts/interop/science-requirements.txt
for command in aws moto_server; do
  [ -x "$venv/bin/$command" ] || fail "$venv/bin/$command is missing; remove $venv and run again."
done

/usr/bin/aws --version
"$venv/bin/aws" --version
"$venv/bin/python" -c 'import boto3, moto; print("boto3", boto3.__version__, "moto", moto.__version__)'
"$sms_api_venv/bin/python" -c 'import aioboto3; print("aioboto3", aioboto3.__version__)'
rclone version | grep "^rclone"
s3cmd --version
radosgw --version
