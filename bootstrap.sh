#!/bin/sh
# From a fresh machine to a working asyncc: installs what is missing, builds, and makes what is asked for.
#
#     ./bootstrap.sh [build|demo|check|bench]        (build, if nothing is said)
set -eu
cd "$(dirname "$0")"

goal=${1:-build}
case $goal in
build) target=all ;;
demo | check | bench) target=$goal ;;
*) echo "usage: $0 [build|demo|check|bench]" >&2; exit 2 ;;
esac

has() { command -v "$1" >/dev/null 2>&1; }

# Does the C compiler find this header, and can it link this library?
compiles() {
    dir=$(mktemp -d)
    printf '%s\n' "$1" 'int main(void) { return 0; }' >"$dir/t.c"
    status=0
    ${CC:-cc} -o "$dir/t" "$dir/t.c" $2 >/dev/null 2>&1 || status=1
    rm -rf "$dir"
    return $status
}

# The system's package manager, and its names for what we need.
if has apt-get; then
    system=apt c="gcc libc6-dev" make=make re2c=re2c lemon=lemon python=python3 cmocka=libcmocka-dev san=
elif has dnf; then
    system=dnf c="gcc glibc-devel" make=make re2c=re2c lemon=lemon python=python3 cmocka=libcmocka-devel san="libasan libubsan"
elif has apk; then
    system=apk c="gcc musl-dev" make=make re2c=re2c lemon=lemon python=python3 cmocka=cmocka-dev san=
elif has pacman; then
    system=pacman c=gcc make=make re2c=re2c lemon=lemon python=python cmocka=cmocka san=
elif has brew; then
    system=brew c= make=make re2c=re2c lemon=lemon python=python@3.11 cmocka=cmocka san=
elif has pkg; then
    system=pkg c= make=gmake re2c=re2c lemon=lemon python=python311 cmocka=cmocka san=
else
    system=none c="a C compiler" make="GNU make" re2c=re2c lemon=lemon python="Python 3.11" cmocka=cmocka san=
fi

# GNU make has another name on the BSDs.
gnu_make() {
    for m in gmake make; do
        if has $m && $m --version 2>/dev/null | grep -q GNU; then
            echo $m
            return
        fi
    done
}

python_for_tests() {
    for p in python3.11 python3; do
        if has $p && $p --version >/dev/null 2>&1; then
            echo $p
            return
        fi
    done
}

missing=
need() { missing="$missing $*"; }
has "${CC:-cc}" && compiles '#include <stdio.h>' "" || need "$c"
[ -n "$(gnu_make)" ] || need "$make"
has "${RE2C:-re2c}" || need "$re2c"
has "${LEMON:-lemon}" || need "$lemon"
if [ "$goal" = check ] || [ "$goal" = bench ]; then
    [ -n "$(python_for_tests)" ] || need "$python"
fi
if [ "$goal" = check ]; then
    # A compiler that is yet to be installed cannot be asked; then its companions are installed with it.
    compiles '#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>' -lcmocka || need "$cmocka"
    compiles '' "-fsanitize=address,undefined" || need "$san"
fi

# Words only: an empty variable above leaves spaces behind.
missing=$(echo $missing)
if [ -n "$missing" ]; then
    echo "installing: $missing"
    root=
    if [ "$(id -u)" -ne 0 ] && [ $system != brew ]; then
        has sudo || { echo "$0: not root and no sudo; please install: $missing" >&2; exit 1; }
        root=sudo
    fi
    case $system in
    apt)
        $root apt-get update -q
        $root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
        ;;
    dnf) $root dnf install -y $missing ;;
    apk) $root apk add $missing ;;
    pacman) $root pacman -Sy --needed --noconfirm $missing ;;
    brew) brew install $missing ;;
    pkg) $root pkg install -y $missing ;;
    none) echo "$0: no package manager that this script knows; please install: $missing" >&2; exit 1 ;;
    esac
fi

jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
PYTHON=${PYTHON:-$(python_for_tests)}
exec "$(gnu_make)" -j "$jobs" PYTHON="${PYTHON:-python3}" $target
