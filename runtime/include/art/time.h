/* The module time: clocks, sleeping, and broken-down times as nine integers. */
#ifndef ART_TIME_H
#define ART_TIME_H

#include "art/list.h"
#include "art/str.h"

double art_time_time(void);          /* seconds since 1970 */
int64_t art_time_time_ns(void);
double art_time_monotonic(void);
int64_t art_time_monotonic_ns(void);
double art_time_process_time(void);
int64_t art_time_process_time_ns(void);
void art_time_sleep(double seconds); /* blocks the thread; ValueError when negative */

/* year, month, day, hour, minute, second, weekday (Monday 0), day of the year (1…), daylight saving; list[int] of `type`. */
art_list *art_time_broken(double seconds, bool is_local, const art_type *type);
double art_time_mktime(const art_list *broken);
int64_t art_time_timegm(const art_list *broken);
art_str *art_time_strftime(const art_str *format, const art_list *broken, const art_str *zone, int64_t offset);
/* What the text says, as nine integers, the offset from UTC in seconds (INT64_MIN: not said) and microseconds; ValueError. */
art_list *art_time_strptime(const art_str *text, const art_str *format, const art_type *type);
int64_t art_time_zone_offset(double seconds); /* of local time, east of Greenwich */
art_str *art_time_zone_name(double seconds);

#endif
