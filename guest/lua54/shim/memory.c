#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The C library compares byte by byte, which is what finding a string among the interned ones spends its time on. */
int memcmp(const void *left, const void *right, size_t size) {
  const unsigned char *l = left, *r = right;
  for (; size >= sizeof(uint64_t); l += sizeof(uint64_t), r += sizeof(uint64_t), size -= sizeof(uint64_t)) {
    uint64_t a, b;
    __builtin_memcpy(&a, l, sizeof a);
    __builtin_memcpy(&b, r, sizeof b);
    if (a == b) continue;
    a = __builtin_bswap64(a); /* the first byte decides */
    b = __builtin_bswap64(b);
    return a < b ? -1 : 1;
  }
  for (; size > 0; l++, r++, size--)
    if (*l != *r) return *l < *r ? -1 : 1;
  return 0;
}
