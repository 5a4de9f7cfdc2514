/* The C library's time functions as loslib.c uses them, served by the host: wasi-libc's own would import WASI's clock
 * and know no time zone. */
#include <time.h>

#include "guest.h"

/* Days since 1970-01-01 of a proleptic Gregorian date; month counts from 0 and may exceed its range. */
static long long days_of(long long year, long long month, long long day) {
  year += month / 12;
  month %= 12;
  if (month < 0) {
    month += 12;
    year--;
  }
  if (month < 2) year--; /* years start in March, so that the leap day is the last */
  long long era = (year >= 0 ? year : year - 399) / 400;
  long long year_of_era = year - era * 400;
  long long march_month = (month + 10) % 12;
  long long day_of_year = (153 * march_month + 2) / 5 + day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static long long offset_at(long long seconds) {
  lua_Integer results[2];
  operation_integers(main_state, ABI_OP_TIME, seconds, results, 2);
  return results[1];
}

time_t time(time_t *where) {
  lua_Integer results[2];
  operation_integers(main_state, ABI_OP_TIME, 0, results, 2);
  time_t now = (time_t)(results[0] / 1000000000);
  if (where) *where = now;
  return now;
}

clock_t clock(void) {
  lua_Integer nanoseconds;
  operation_integers(main_state, ABI_OP_CLOCK, 0, &nanoseconds, 1);
  return (clock_t)(nanoseconds / (1000000000 / CLOCKS_PER_SEC));
}

struct tm *localtime(const time_t *t) {
  time_t shifted = *t + (time_t)offset_at(*t);
  return gmtime(&shifted);
}

struct tm *localtime_r(const time_t *restrict t, struct tm *restrict result) {
  time_t shifted = *t + (time_t)offset_at(*t);
  return gmtime_r(&shifted, result);
}

time_t mktime(struct tm *t) {
  long long local = days_of(t->tm_year + 1900LL, t->tm_mon, t->tm_mday) * 86400 + t->tm_hour * 3600LL + t->tm_min * 60LL + t->tm_sec;
  long long utc = local - offset_at(local); /* right but for the hours around a change of the offset: look again there */
  utc = local - offset_at(utc);
  time_t result = (time_t)utc;
  struct tm normal;
  if (localtime_r(&result, &normal) == NULL) return -1;
  normal.tm_isdst = t->tm_isdst;
  *t = normal;
  return result;
}
