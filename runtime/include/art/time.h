/* The module time: clocks, and times as the nine fields of a struct_time. Any thread. */
#ifndef ART_TIME_H
#define ART_TIME_H

#include "art/list.h"

double art_time_time(void);          /* seconds since 1970 */
int64_t art_time_time_ns(void);
double art_time_monotonic(void);
int64_t art_time_monotonic_ns(void);
double art_time_process_time(void);
int64_t art_time_process_time_ns(void);
double art_time_thread_time(void);
int64_t art_time_thread_time_ns(void);
bool art_time_sleep(double seconds); /* ValueError when negative */

/* Fields: tm_year … tm_isdst as Python counts them. */
art_list *art_time_fields(int64_t when, bool is_local, const art_type *type);
double art_time_make(const art_list *fields);                             /* mktime */
art_str *art_time_format(const art_str *format, const art_list *fields);  /* strftime */
/* strptime. ValueError: "time data '…' does not match format '…'". The list goes on with the microseconds, the offset from UTC in seconds
 * and the microseconds of that (INT64_MIN: %z was not there): for datetime. */
art_list *art_time_parse(const art_str *text, const art_str *format, const art_type *type);

int64_t art_time_zone_offset(bool is_summer); /* seconds west of Greenwich */
art_str *art_time_zone_name(bool is_summer);
bool art_time_has_summer(void);

#endif
