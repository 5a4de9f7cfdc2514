#!/usr/bin/env bash
# Puts the sources of PUC Lua 5.4 into build/lua/src.
#
# By default they come from Debian's lua5.4 source package: the upstream tarball inside it must have the
# SHA-256 below, and Debian's patches, for which apt's signatures vouch, are applied in their order. The
# system is not touched: apt gets a sources list and state folders of its own, and asks the archive that the
# machine is already configured with. It needs no root.
#
#   LUA_TARBALL=FILE   takes an upstream 5.4.x tarball instead, as it is: no pin, no patches.
set -euo pipefail

die() {
    printf 'fetch.sh: %s\n' "$@" >&2
    exit 1
}

sha256_of() { sha256sum -- "$1" | cut -d' ' -f1; }

if [ -n "${LUA_TARBALL:-}" ]; then
    [ -r "$LUA_TARBALL" ] || die "LUA_TARBALL=$LUA_TARBALL cannot be read"
    LUA_TARBALL=$(realpath -- "$LUA_TARBALL")
fi
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly package=lua5.4
readonly upstream_sha256=164c7849653b80ae67bec4b7473b884bf5cc8d2dca05653475ec2ed27b9ebf61 # lua-5.4.4.tar.gz
readonly target=build/lua

# One fetch at a time, so that two builds started together do not remove each other's sources.
mkdir -p build
exec {lock}>build/.fetch.lock
flock "$lock"

# What the sources in place were made from; when that has not changed there is nothing to do.
inputs=$(sha256_of fetch.sh)
[ -z "${LUA_TARBALL:-}" ] || inputs+=" $(sha256_of "$LUA_TARBALL")"
[ "$(cat $target/.inputs 2>/dev/null)" != "$inputs" ] || exit 0

work=$(mktemp -d "$PWD/build/fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
chmod 755 "$work" # apt downloads as a user of its own
mkdir -p "$work"/{unpacked,package,sources,lists/partial,cache/archives/partial}

# Writes the machine's own package sources for the release into $work/sources, asking for source packages
# where they ask for binary ones. apt skips the index of a repository that has no source packages.
write_sources() {
    local release=$1 file
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ -r "$file" ] || continue
        sed -nE "s/^[[:space:]]*deb([[:space:]]+(\[[^]]*\][[:space:]]*)?[^[:space:]]+[[:space:]]+$release)/deb-src\1/p" "$file"
    done >"$work/sources/machine.list"
    for file in /etc/apt/sources.list.d/*.sources; do
        [ -r "$file" ] || continue
        awk -v RS= -v release="$release" '
            tolower($0) ~ /(^|\n)enabled:[ \t]*(no|false|0)/ { next }
            $0 ~ "(^|\n)Suites:[^:]*[ \t\n]" release {
                gsub(/(^|\n)Types:[^\n]*/, "\nTypes: deb-src")
                print $0 "\n"
            }' "$file"
    done >"$work/sources/machine.sources"
    grep -qs deb-src "$work"/sources/*
}

# Runs apt-get on $work. The system's configuration holds (proxies, credentials, keyrings), except for its
# hooks, which would act on the system's own cache.
private_apt() {
    printf '#clear APT::Update::%s;\n' Pre-Invoke Post-Invoke Post-Invoke-Success >"$work/apt.conf"
    apt-get --quiet=2 --config-file="$work/apt.conf" \
        -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$work/sources" \
        -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work/cache" "$@"
}

download_package() {
    local instead="name an upstream tarball with LUA_TARBALL=FILE" release
    command -v apt-get >/dev/null || die "there is no apt-get here: $instead"
    # shellcheck source=/dev/null
    release=$(. /etc/os-release && printf %s "${VERSION_CODENAME:-}")
    [ -n "$release" ] || die "/etc/os-release names no release: $instead"
    write_sources "$release" || die "no package source of $release in /etc/apt: $instead"

    echo "Fetching Debian's source package $package" >&2
    private_apt update || die "apt-get update failed: $instead"
    # Without this option apt warns root that apt's own user cannot write here.
    (cd "$work/package" && private_apt -o APT::Sandbox::User=root source --download-only "$package") ||
        die "apt-get cannot fetch the source package $package: $instead"
}

# Prints the one downloaded file that the pattern names.
package_file() {
    local files
    # shellcheck disable=SC2206 # the pattern is to be expanded
    files=("$work"/package/$1)
    [[ ${#files[@]} -eq 1 && -f ${files[0]} ]] || die "the source package has no single file $1"
    printf '%s\n' "${files[0]}"
}

unpack() { tar --extract --file "$1" --directory "$work/unpacked" --no-same-owner "${@:2}"; }

unpack_package() {
    local upstream debian found patch
    upstream=$(package_file "${package}_*.orig.tar.*")
    debian=$(package_file "${package}_*.debian.tar.*")
    found=$(sha256_of "$upstream")
    [ "$found" = "$upstream_sha256" ] || die "$(basename "$upstream") is not the tarball that was expected" \
        "  expected SHA-256 $upstream_sha256" "  found    SHA-256 $found"

    unpack "$upstream" --strip-components=1
    unpack "$debian"
    while read -r patch _; do
        [[ -n $patch && $patch != '#'* ]] || continue
        patch --directory "$work/unpacked" --strip=1 --forward --quiet --no-backup-if-mismatch \
            --input "debian/patches/$patch" || die "Debian's patch $patch does not apply"
    done <"$work/unpacked/debian/patches/series"
}

if [ -n "${LUA_TARBALL:-}" ]; then
    echo "Using $LUA_TARBALL with SHA-256 $(sha256_of "$LUA_TARBALL")" >&2
    unpack "$LUA_TARBALL" --strip-components=1
else
    download_package
    unpack_package
fi
grep -qs 'define LUA_VERSION_NUM[[:space:]]*504' "$work/unpacked/src/lua.h" || die "this is not the source of Lua 5.4: no such src/lua.h"

printf '%s\n' "$inputs" >"$work/unpacked/.inputs"
rm -rf $target
mv "$work/unpacked" $target
