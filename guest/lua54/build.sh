#!/usr/bin/env bash
# Compiles lua54.wasm from Lua's sources (fetch.sh) and the shim (shim/), when one of its inputs has changed.
# The same inputs give the same bytes, wherever the repository lies.
#
#   CLANG, WASM_LD   compiler and linker, of LLVM 19
set -euo pipefail
export LC_ALL=C # for the order in which patterns expand, which is the order of the objects
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly clang=${CLANG:-clang-19} linker=${WASM_LD:-wasm-ld-19}
readonly module=lua54.wasm lua=build/lua/src
readonly sysroot_include=/usr/include/wasm32-wasi sysroot_lib=/usr/lib/wasm32-wasi
readonly builtins=/usr/lib/llvm-19/lib/clang/19/lib/wasi/libclang_rt.builtins-wasm32.a

die() {
    printf 'build.sh: %s\n' "$@" >&2
    exit 1
}

# The interpreter's core and the libraries that make sense without a system: neither liolib nor loadlib.
readonly core=(lapi lcode lctype ldebug ldo ldump lfunc lgc llex lmem lobject lopcodes lparser lstate lstring
    ltable ltm lundump lvm lzio)
readonly libraries=(lauxlib lbaselib lcorolib ldblib lmathlib loslib lstrlib ltablib lutf8lib)

readonly compile_flags=(
    --target=wasm32-wasi -std=gnu11 -O3 -flto
    # What host/meter understands: no SIMD, no tail calls, no exceptions, no threads.
    -mbulk-memory -msign-ext -mnontrapping-fptoint -mmultivalue
    -mno-simd128 -mno-relaxed-simd -mno-tail-call -mno-exception-handling -mno-atomics
    # Only these headers: the compiler's own search would end in /usr/include, among the machine's.
    -nostdlibinc -I"$PWD/shim" -I"$PWD/build/include" -I"$PWD/$lua" -isystem "$sysroot_include" -include configure.h
    -ffile-prefix-map="$PWD"=.
    -Wall -Wextra -Wno-unused-parameter
    # HAProxy's scripts are written for 5.3.
    -DLUA_COMPAT_5_3
    # A plain switch: wasm has no computed goto, and the compiler's imitation of it is slower.
    -DLUA_USE_JUMPTABLE=0
    # Lua includes signal.h and uses clock; nothing of the emulations is linked.
    -D_WASI_EMULATED_SIGNAL -D_WASI_EMULATED_PROCESS_CLOCKS
)

readonly link_flags=(
    # Without it, Lua's chains of type tests become jump tables, one more indirect jump for each operand.
    -mllvm -jump-table-density=40
    # The stack lies below the data: overflowing it traps, and does not overwrite. 512 KiB hold Lua's 200
    # nested C calls more than twice.
    --stack-first -z stack-size=524288
    --entry=_initialize --export=__stack_pointer --strip-all
)

inputs() {
    "$clang" --version
    sha256sum build.sh shim/*.[ch] $lua/*.[ch] ../../abi/{abi,value,header}.go ../../abi/genheader/*.go \
        "$sysroot_lib"/{crt1-reactor.o,libc.a} "$builtins"
}

# The headers that this folder does not have: abi.h, and the one that Debian's package makes for its patched
# luaconf.h, which wants to know a folder for native modules.
write_headers() {
    mkdir -p build/include
    go run ../../abi/genheader >build/include/abi.h
    echo '#define DEB_HOST_MULTIARCH "wasm32-wasi"' >build/include/lua5.4-deb-multiarch.h
}

mkdir -p build
exec {lock}>build/.build.lock
flock "$lock"

[ -d "$lua" ] || die "there are no sources in $lua: run fetch.sh"
stamp=$(inputs | sha256sum)
[[ ! -f $module || $(cat build/.inputs 2>/dev/null) != "$stamp" ]] || exit 0

echo "Building guest/lua54/$module" >&2
write_headers
rm -rf build/objects
mkdir build/objects
sources=("${core[@]/#/$lua/}" "${libraries[@]/#/$lua/}")
sources=("${sources[@]/%/.c}" shim/*.c)
(cd build/objects && printf '%s\n' "${sources[@]/#/../../}" | xargs -n 1 -P "$(nproc)" "$clang" "${compile_flags[@]}" -c)

"$linker" "${link_flags[@]}" --why-extract=build/extracted -o build/$module \
    "$sysroot_lib/crt1-reactor.o" build/objects/*.o -L"$sysroot_lib" -lc "$builtins"

if grep --quiet --text wasi_snapshot build/$module; then
    die "the module imports WASI; define in shim/libc.c what brings it in (user, provider, function):" \
        "$(grep -F __wasilibc_real.o build/extracted)"
fi
mv build/$module $module
printf '%s\n' "$stamp" >build/.inputs
