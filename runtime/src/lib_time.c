/* The module time. A broken-down time is a list of nine integers here; lib/time.async makes a struct_time of it. */
#define _GNU_SOURCE /* tm_gmtoff, timegm */

#include "art/time.h"
#include "internal.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <strings.h>
#include <time.h>

/* -- clocks ----------------------------------------------------------------------------------------------------------------------------------- */

static int64_t nanoseconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static double seconds_of(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

double art_time_time(void)
{
    return seconds_of(CLOCK_REALTIME);
}
int64_t art_time_time_ns(void)
{
    return nanoseconds(CLOCK_REALTIME);
}
double art_time_monotonic(void)
{
    return seconds_of(CLOCK_MONOTONIC);
}
int64_t art_time_monotonic_ns(void)
{
    return nanoseconds(CLOCK_MONOTONIC);
}
double art_time_process_time(void)
{
    return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}
int64_t art_time_process_time_ns(void)
{
    return nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
}

void art_time_sleep(double seconds)
{
    if (isnan(seconds)) {
        art_raise_new(&art_type_ValueError, "Invalid value NaN (not a number)");
        return;
    }
    if (seconds < 0) {
        art_raise_new(&art_type_ValueError, "sleep length must be non-negative");
        return;
    }
    struct timespec left = {(time_t)fmin(seconds, 1e9), 0};
    left.tv_nsec = (long)((seconds - floor(seconds)) * 1e9);
    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        continue;
}

/* -- broken-down times ------------------------------------------------------------------------------------------------------------------------- */

art_list *art_time_broken(double seconds, bool is_local, const art_type *type)
{
    time_t when = (time_t)floor(seconds);
    struct tm tm;

    if (isnan(seconds) || !(is_local ? localtime_r(&when, &tm) : gmtime_r(&when, &tm))) {
        art_raise_new(&art_type_OverflowError, "timestamp out of range for platform time_t");
        return NULL;
    }
    int64_t items[] = {tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, (tm.tm_wday + 6) % 7, tm.tm_yday + 1,
        tm.tm_isdst};
    return art_list_of(type, ART_ARRAY_LEN(items), items);
}

static struct tm tm_of(const art_list *broken)
{
    const int64_t *items = broken->items;
    struct tm tm = {0};

    tm.tm_year = (int)items[0] - 1900;
    tm.tm_mon = (int)items[1] - 1;
    tm.tm_mday = (int)items[2];
    tm.tm_hour = (int)items[3];
    tm.tm_min = (int)items[4];
    tm.tm_sec = (int)items[5];
    tm.tm_wday = (int)(items[6] + 1) % 7;
    tm.tm_yday = (int)items[7] - 1;
    tm.tm_isdst = (int)items[8];
    return tm;
}

double art_time_mktime(const art_list *broken)
{
    struct tm tm = tm_of(broken);
    return (double)mktime(&tm);
}

int64_t art_time_timegm(const art_list *broken)
{
    struct tm tm = tm_of(broken);
    return (int64_t)timegm(&tm);
}

int64_t art_time_zone_offset(double seconds)
{
    time_t when = (time_t)floor(seconds);
    struct tm tm;
    return localtime_r(&when, &tm) ? tm.tm_gmtoff : 0;
}

art_str *art_time_zone_name(double seconds)
{
    time_t when = (time_t)floor(seconds);
    struct tm tm;
    return localtime_r(&when, &tm) && tm.tm_zone ? art_str_of(tm.tm_zone) : &art_str_empty;
}

/* -- text ----------------------------------------------------------------------------------------------------------------------------------------- */

/* zone and offset: what %Z and %z write (offset INT64_MIN: nothing); a zone of NULL: libc's own. */
art_str *art_time_strftime(const art_str *format, const art_list *broken, const art_str *zone, int64_t offset)
{
    struct tm tm = tm_of(broken);
    art_text text = {0};
    char directive[4] = "%", piece[256];

    for (int64_t i = 0; i < format->size; i++) {
        if (format->text[i] != '%' || i + 1 == format->size) {
            art_text_add(&text, format->text + i, 1);
            continue;
        }
        char letter = format->text[++i];
        if (letter == 'Z' && zone) {
            art_text_add_str(&text, zone);
        } else if (letter == 'z' && (zone || offset != INT64_MIN)) {
            if (offset != INT64_MIN) {
                int64_t size = offset < 0 ? -offset : offset;
                int len = snprintf(piece, sizeof piece, "%c%02d%02d", offset < 0 ? '-' : '+', (int)(size / 3600), (int)(size / 60 % 60));
                art_text_add(&text, piece, (size_t)len);
            }
        } else {
            directive[1] = letter;
            directive[2] = '\0';
            if (letter == '-' && i + 1 < format->size) {
                directive[2] = format->text[++i];
                directive[3] = '\0';
            }
            art_text_add(&text, piece, strftime(piece, sizeof piece, directive, &tm));
        }
    }
    return art_text_take(&text);
}

static const char *const month_names[] = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December"};
static const char *const day_names[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

typedef struct Parser {
    const char *at, *end;
    int64_t year, month, day, hour, minute, second, weekday, yearday, offset, micro;
    bool is_pm, has_pm;
} Parser;

/* At most `most` digits; false when there is none. */
static bool parse_number(Parser *p, int most, int64_t *value)
{
    int count = 0;

    for (*value = 0; count < most && p->at < p->end && isdigit((unsigned char)*p->at); count++)
        *value = *value * 10 + (*p->at++ - '0');
    return count > 0;
}

static bool parse_in(Parser *p, int most, int64_t least, int64_t largest, int64_t *value)
{
    const char *start = p->at;
    bool is_fine = parse_number(p, most, value);

    /* As many digits as still make a number in range: %d of "45" takes the 4. */
    while (is_fine && *value > largest && p->at - start > 1) {
        p->at--;
        *value /= 10;
    }
    return is_fine && *value >= least && *value <= largest;
}

/* One of the names, in full or by its first three letters; 0 based, -1: none. */
static int64_t parse_name(Parser *p, const char *const *names, int64_t count, bool is_short)
{
    for (int64_t i = 0; i < count; i++) {
        size_t size = is_short ? 3 : strlen(names[i]);
        if ((size_t)(p->end - p->at) >= size && strncasecmp(p->at, names[i], size) == 0) {
            p->at += size;
            return i;
        }
    }
    return -1;
}

static bool parse_offset(Parser *p)
{
    int64_t hours, minutes, seconds = 0;

    if (p->at < p->end && (*p->at == 'Z' || *p->at == 'z')) {
        p->at++;
        p->offset = 0;
        return true;
    }
    if (p->at == p->end || (*p->at != '+' && *p->at != '-'))
        return false;
    bool is_west = *p->at++ == '-';
    if (!parse_number(p, 2, &hours))
        return false;
    p->at += p->at < p->end && *p->at == ':';
    if (!parse_number(p, 2, &minutes))
        return false;
    if (p->at < p->end && *p->at == ':') {
        p->at++;
        parse_number(p, 2, &seconds);
    }
    p->offset = (hours * 60 + minutes) * 60 + seconds;
    p->offset = is_west ? -p->offset : p->offset;
    return true;
}

static bool parse_all(Parser *p, const char *format, const char *format_end);

static bool parse_directive(Parser *p, char letter)
{
    const char *start = p->at;
    int64_t value;

    switch (letter) {
    case 'Y':
        return parse_number(p, 4, &p->year) && p->at - start == 4;
    case 'y':
        if (!parse_number(p, 2, &p->year) || p->at - start != 2)
            return false;
        p->year += p->year < 69 ? 2000 : 1900;
        return true;
    case 'm':
        return parse_in(p, 2, 1, 12, &p->month);
    case 'd':
        return parse_in(p, 2, 1, 31, &p->day);
    case 'H':
        return parse_in(p, 2, 0, 23, &p->hour);
    case 'I':
        return parse_in(p, 2, 1, 12, &p->hour);
    case 'M':
        return parse_in(p, 2, 0, 59, &p->minute);
    case 'S':
        return parse_in(p, 2, 0, 61, &p->second);
    case 'j':
        return parse_in(p, 3, 1, 366, &p->yearday);
    case 'f':
        if (!parse_number(p, 6, &p->micro))
            return false;
        for (int64_t i = p->at - start; i < 6; i++)
            p->micro *= 10;
        return true;
    case 'p':
        p->has_pm = p->end - p->at >= 2 && tolower((unsigned char)p->at[1]) == 'm' && strchr("aApP", p->at[0]);
        p->is_pm = p->has_pm && strchr("pP", p->at[0]);
        p->at += p->has_pm ? 2 : 0;
        return p->has_pm;
    case 'B':
    case 'b':
        value = parse_name(p, month_names, 12, letter == 'b');
        p->month = value + 1;
        return value >= 0;
    case 'A':
    case 'a':
        p->weekday = parse_name(p, day_names, 7, letter == 'a');
        return p->weekday >= 0;
    case 'z':
        return parse_offset(p);
    case 'Z':
        while (p->at < p->end && isalpha((unsigned char)*p->at))
            p->at++;
        return true;
    case 'T':
        return parse_all(p, "%H:%M:%S", NULL);
    case 'D':
        return parse_all(p, "%m/%d/%y", NULL);
    case 'F':
        return parse_all(p, "%Y-%m-%d", NULL);
    case 'c':
        return parse_all(p, "%a %b %d %H:%M:%S %Y", NULL);
    case 'x':
        return parse_all(p, "%m/%d/%y", NULL);
    case 'X':
        return parse_all(p, "%H:%M:%S", NULL);
    case '%':
        return p->at < p->end && *p->at++ == '%';
    default:
        return false;
    }
}

static bool parse_all(Parser *p, const char *format, const char *format_end)
{
    if (!format_end)
        format_end = format + strlen(format);
    while (format < format_end) {
        if (isspace((unsigned char)*format)) {
            bool had_space = p->at < p->end && isspace((unsigned char)*p->at);
            while (p->at < p->end && isspace((unsigned char)*p->at))
                p->at++;
            while (format < format_end && isspace((unsigned char)*format))
                format++;
            if (!had_space)
                return false;
            continue;
        }
        if (*format == '%' && format + 1 < format_end) {
            if (!parse_directive(p, format[1]))
                return false;
            format += 2;
            continue;
        }
        if (p->at == p->end || tolower((unsigned char)*p->at) != tolower((unsigned char)*format))
            return false;
        p->at++;
        format++;
    }
    return true;
}

art_list *art_time_strptime(const art_str *text, const art_str *format, const art_type *type)
{
    Parser p = {.at = text->text, .end = text->text + text->size, .year = 1900, .month = 1, .day = 1, .weekday = -1, .yearday = -1,
        .offset = INT64_MIN};

    if (!parse_all(&p, format->text, format->text + format->size)) {
        art_raise_new(&art_type_ValueError, "time data %r does not match format %r", text, format);
        return NULL;
    }
    if (p.at < p.end) {
        art_str *rest = art_str_new(p.at, (size_t)(p.end - p.at));
        art_raise_new(&art_type_ValueError, "unconverted data remains: %s", rest);
        art_release(rest);
        return NULL;
    }
    if (p.has_pm)
        p.hour = p.hour % 12 + (p.is_pm ? 12 : 0);
    if (p.yearday > 0 && p.month == 1 && p.day == 1)
        p.day = p.yearday;
    struct tm tm = {.tm_year = (int)p.year - 1900, .tm_mon = (int)p.month - 1, .tm_mday = (int)p.day};
    timegm(&tm);
    if (p.yearday < 0 && (tm.tm_mday != p.day || tm.tm_mon + 1 != p.month)) {
        art_raise_new(&art_type_ValueError, "day is out of range for month");
        return NULL;
    }
    int64_t items[] = {p.year, tm.tm_mon + 1, tm.tm_mday, p.hour, p.minute, p.second, (tm.tm_wday + 6) % 7, tm.tm_yday + 1, -1, p.offset, p.micro};
    return art_list_of(type, ART_ARRAY_LEN(items), items);
}
