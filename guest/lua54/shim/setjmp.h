/* ldo.c includes this header, which wasi-libc lacks, but configure.h replaces all that it would use of it. */
