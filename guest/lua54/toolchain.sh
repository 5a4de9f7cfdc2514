#!/usr/bin/env bash
# Makes sure that the tools are there, and installs the missing ones where it may (root, or sudo that asks no
# password). Where it may not, or where there is no apt, it says what is missing and fails.
#
#   toolchain.sh [test] [bench]   also what the tests, or the benchmarks, need
set -euo pipefail

# One line per tool: the group it belongs to, a file or command that shows its presence, Debian's package.
readonly tools='
build clang-19                                                                  clang-19
build wasm-ld-19                                                                lld-19
build /usr/lib/llvm-19/lib/clang/19/lib/wasi/libclang_rt.builtins-wasm32.a      libclang-rt-19-dev-wasm32
build /usr/lib/wasm32-wasi/libc.a                                               wasi-libc
build make                                                                      make
build patch                                                                     patch
build xz                                                                        xz-utils
test  haproxy                                                                   haproxy
test  curl                                                                      curl
test  lua5.4                                                                    lua5.4
test  lua5.3                                                                    lua5.3
test  wasm-validate                                                             wabt
test  wasm-opt                                                                  binaryen
bench wrk                                                                       wrk
bench nginx                                                                     nginx-light
'

# Debian keeps daemons in sbin, which is not on everybody's PATH.
PATH=$PATH:/usr/sbin:/sbin

missing_tools=() missing_packages=()
find_missing() {
    local group tool package
    while read -r group tool package; do
        [[ " build $* " == *" $group "* ]] || continue
        command -v "$tool" >/dev/null || [ -e "$tool" ] || {
            missing_tools+=("$tool")
            missing_packages+=("$package")
        }
    done < <(grep . <<<"$tools")
}

# Debian starts the daemons that it installs, and enables them for the next boot. The tests and benchmarks
# start their own: a policy against starting is in place while apt runs, unless the machine has one already.
readonly policy=/usr/sbin/policy-rc.d
install_quietly() {
    local package
    if [ ! -e $policy ]; then
        trap '"${as_root[@]}" rm -f $policy' EXIT
        printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee $policy >/dev/null
        "${as_root[@]}" chmod 755 $policy
    fi
    "${as_root[@]}" apt-get update --quiet=2
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install --quiet=2 --yes --no-install-recommends -o DPkg::Lock::Timeout=300 -o DPkg::Use-Pty=0 "$@" \
        </dev/null >/dev/null
    for package in "$@"; do
        case $package in haproxy | nginx-light) "${as_root[@]}" update-rc.d "${package%-light}" disable ;; esac
    done
}

find_missing "$@"
[ ${#missing_packages[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null; then
    printf 'These tools are missing, and there is no apt-get to install them:\n' >&2
    printf '    %s\n' "${missing_tools[@]}" >&2
    exit 1
fi
if [ "$(id -u)" -eq 0 ]; then
    as_root=()
elif sudo -n true 2>/dev/null; then
    as_root=(sudo -n)
else
    printf 'These packages are missing: %s\nInstall them with\n    sudo apt-get install --no-install-recommends %s\n' \
        "${missing_packages[*]}" "${missing_packages[*]}" >&2
    exit 1
fi

echo "Installing ${missing_packages[*]}" >&2
install_quietly "${missing_packages[@]}"

missing_tools=() missing_packages=()
find_missing "$@"
if [ ${#missing_tools[@]} -gt 0 ]; then
    echo "Installed, yet these are still missing: ${missing_tools[*]}" >&2
    exit 1
fi
