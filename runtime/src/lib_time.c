/* The module time: clocks, sleeping, and the conversions between seconds, fields and text.
 *
 * strptime matches as the regular expression would that CPython makes of a format: each directive tries its longest text first and a
 * shorter one when the rest does not match. */
#define _GNU_SOURCE /* tm_gmtoff, tm_zone */

#include "internal.h"

#include "art/time.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <strings.h>
#include <time.h>

enum { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, WEEKDAY, YEARDAY, IS_DST, MICROSECOND, OFFSET, OFFSET_MICRO, FIELD_COUNT };

/* -- clocks ------------------------------------------------------------------------------------------------------------------ */

static int64_t nanoseconds(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t art_time_time_ns(void)
{
    return nanoseconds(CLOCK_REALTIME);
}
int64_t art_time_monotonic_ns(void)
{
    return nanoseconds(CLOCK_MONOTONIC);
}
int64_t art_time_process_time_ns(void)
{
    return nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
}
int64_t art_time_thread_time_ns(void)
{
    return nanoseconds(CLOCK_THREAD_CPUTIME_ID);
}
double art_time_time(void)
{
    return (double)art_time_time_ns() * 1e-9;
}
double art_time_monotonic(void)
{
    return (double)art_time_monotonic_ns() * 1e-9;
}
double art_time_process_time(void)
{
    return (double)art_time_process_time_ns() * 1e-9;
}
double art_time_thread_time(void)
{
    return (double)art_time_thread_time_ns() * 1e-9;
}

bool art_time_sleep(double seconds)
{
    if (isnan(seconds)) {
        art_raise_new(&art_type_ValueError, "Invalid value NaN (not a number)");
        return false;
    }
    if (seconds < 0) {
        art_raise_new(&art_type_ValueError, "sleep length must be non-negative");
        return false;
    }
    if (seconds > 9.2e9) {
        art_raise_new(&art_type_OverflowError, "timestamp out of range for platform time_t");
        return false;
    }
    int64_t until = art_time_monotonic_ns() + (int64_t)ceil(seconds * 1e9), left;
    while ((left = until - art_time_monotonic_ns()) > 0) {
        struct timespec wait = {(time_t)(left / 1000000000), (long)(left % 1000000000)};
        if (nanosleep(&wait, NULL) && !art__signals_now())
            return false;
    }
    return true;
}

/* -- fields ------------------------------------------------------------------------------------------------------------------ */

art_list *art_time_fields(int64_t when, bool is_local, const art_type *type)
{
    time_t seconds = (time_t)when;
    struct tm tm;

    errno = 0;
    if (!(is_local ? localtime_r(&seconds, &tm) : gmtime_r(&seconds, &tm))) {
        art_raise_new(&art_type_OverflowError, "timestamp out of range for platform time_t");
        return NULL;
    }
    int64_t fields[] = {tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, (tm.tm_wday + 6) % 7, tm.tm_yday + 1, tm.tm_isdst};
    return art_list_of(type, ART_ARRAY_LEN(fields), fields);
}

static bool out_of_range(const char *what)
{
    art_raise_new(&art_type_ValueError, "%s out of range", what);
    return false;
}

static bool tm_of(const art_list *fields, struct tm *tm)
{
    const int64_t *f = fields->items;

    if (fields->len != 9) {
        art_raise_new(&art_type_TypeError, "time tuple must have exactly 9 items");
        return false;
    }
    *tm = (struct tm){.tm_year = (int)(f[YEAR] - 1900), .tm_mon = (int)(f[MONTH] - 1), .tm_mday = (int)f[DAY], .tm_hour = (int)f[HOUR],
                      .tm_min = (int)f[MINUTE], .tm_sec = (int)f[SECOND], .tm_wday = (int)((f[WEEKDAY] + 1) % 7), .tm_yday = (int)(f[YEARDAY] - 1),
                      .tm_isdst = (int)f[IS_DST]};
    return true;
}

double art_time_make(const art_list *fields)
{
    struct tm tm;

    if (!tm_of(fields, &tm))
        return 0;
    tm.tm_wday = -1;
    time_t seconds = mktime(&tm);
    if (seconds == -1 && tm.tm_wday == -1) {
        art_raise_new(&art_type_OverflowError, "mktime argument out of range");
        return 0;
    }
    return (double)seconds;
}

/* Zero where Python takes zero for "unknown" is the first day. */
static bool check(struct tm *tm)
{
    if (tm->tm_mon == -1)
        tm->tm_mon = 0;
    if (tm->tm_mday == 0)
        tm->tm_mday = 1;
    if (tm->tm_yday == -1)
        tm->tm_yday = 0;
    if (tm->tm_mon < 0 || tm->tm_mon > 11)
        return out_of_range("month");
    if (tm->tm_mday < 0 || tm->tm_mday > 31)
        return out_of_range("day of month");
    if (tm->tm_hour < 0 || tm->tm_hour > 23)
        return out_of_range("hour");
    if (tm->tm_min < 0 || tm->tm_min > 59)
        return out_of_range("minute");
    if (tm->tm_sec < 0 || tm->tm_sec > 61)
        return out_of_range("seconds");
    if (tm->tm_wday < 0)
        return out_of_range("day of week");
    if (tm->tm_yday < 0 || tm->tm_yday > 365)
        return out_of_range("day of year");
    return true;
}

art_str *art_time_format(const art_str *format, const art_list *fields)
{
    struct tm tm;
    art_text text = {0};

    if (!tm_of(fields, &tm) || !check(&tm))
        return NULL;
    tzset();
    tm.tm_gmtoff = -(long)art_time_zone_offset(tm.tm_isdst > 0);
    tm.tm_zone = tzname[tm.tm_isdst > 0];
    for (const char *p = format->text, *end = p + format->size; p < end;) {
        const char *percent = memchr(p, '%', (size_t)(end - p));
        art_text_add(&text, p, (size_t)((percent ? percent : end) - p));
        if (!percent)
            break;
        char directive[8] = "%", out[256];
        size_t size = 1;
        p = percent + 1;
        while (p < end && strchr("-_0^#EO", *p) && *p && size < 5)
            directive[size++] = *p++;
        if (p < end)
            directive[size++] = *p++;
        directive[size] = '\0';
        art_text_add(&text, out, strftime(out, sizeof out, directive, &tm));
    }
    return art_text_take(&text);
}

/* -- zones ------------------------------------------------------------------------------------------------------------------- */

/* The offset in January and in July of this year: the smaller is winter's. */
static void zone_samples(struct tm *january, struct tm *july)
{
    time_t now = time(NULL);
    struct tm tm;

    tzset();
    localtime_r(&now, &tm);
    struct tm first = {.tm_year = tm.tm_year, .tm_mday = 1, .tm_hour = 12, .tm_isdst = -1}, second = {.tm_year = tm.tm_year, .tm_mon = 6, .tm_mday = 1, .tm_hour = 12, .tm_isdst = -1};
    time_t a = mktime(&first), b = mktime(&second);
    localtime_r(&a, january);
    localtime_r(&b, july);
}

static struct tm zone_sample(bool is_summer)
{
    struct tm january, july;

    zone_samples(&january, &july);
    bool july_is_summer = july.tm_gmtoff >= january.tm_gmtoff;
    return is_summer == july_is_summer ? july : january;
}

int64_t art_time_zone_offset(bool is_summer)
{
    return -zone_sample(is_summer).tm_gmtoff;
}

art_str *art_time_zone_name(bool is_summer)
{
    struct tm tm = zone_sample(is_summer);
    return art_str_of(tm.tm_zone ? tm.tm_zone : "UTC");
}

bool art_time_has_summer(void)
{
    struct tm january, july;

    zone_samples(&january, &july);
    return january.tm_gmtoff != july.tm_gmtoff;
}

/* -- strptime ---------------------------------------------------------------------------------------------------------------- */

typedef struct Parse {
    const char *text_end, *format_end;
    int64_t values[FIELD_COUNT];
    int hour12, pm, week_u, week_w, weekday, yearday, iso_year, iso_week, zone; /* -1: not there */
    bool has_year, has_date;
    const char *rest;   /* where the match ended */
    char bad;           /* a bad directive */
    bool is_stray;      /* a % at the end */
} Parse;

static const char *const days[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
static const char *const months[] = {"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"};

static bool match(Parse *p, const char *text, const char *format);

/* A number of at most `most` digits, the longest first, between low and high; then the rest. */
static bool number(Parse *p, const char *text, const char *format, int least, int most, int64_t low, int64_t high, void (*put)(Parse *, int64_t, int))
{
    Parse before = *p;

    for (int count = most; count >= least; count--) {
        int64_t value = 0;
        int i = 0;
        for (; i < count && text + i < p->text_end && isdigit((unsigned char)text[i]); i++)
            value = value * 10 + (text[i] - '0');
        if (i < count || value < low || value > high)
            continue;
        put(p, value, count);
        if (match(p, text + count, format))
            return true;
        char bad = p->bad;
        bool is_stray = p->is_stray;
        *p = before;
        p->bad = bad;
        p->is_stray = is_stray;
    }
    return false;
}

static bool word(Parse *p, const char *text, const char *format, const char *const *words, int count, bool is_short, void (*put)(Parse *, int64_t, int))
{
    Parse before = *p;

    for (int i = 0; i < count; i++) {
        size_t size = is_short ? 3 : strlen(words[i]);
        if ((size_t)(p->text_end - text) < size || strncasecmp(text, words[i], size))
            continue;
        put(p, i, (int)size);
        if (match(p, text + size, format))
            return true;
        char bad = p->bad;
        *p = before;
        p->bad = bad;
    }
    return false;
}

#define PUT(name, statement)                                \
    static void name(Parse *p, int64_t value, int digits) \
    {                                                       \
        (void)digits;                                       \
        statement;                                          \
    }
PUT(put_year, (p->values[YEAR] = value, p->has_year = true))
PUT(put_year2, (p->values[YEAR] = value + (value <= 68 ? 2000 : 1900), p->has_year = true))
PUT(put_month, (p->values[MONTH] = value, p->has_date = true))
PUT(put_month_name, (p->values[MONTH] = value + 1, p->has_date = true))
PUT(put_day, (p->values[DAY] = value, p->has_date = true))
PUT(put_hour, p->values[HOUR] = value)
PUT(put_hour12, p->hour12 = (int)value)
PUT(put_minute, p->values[MINUTE] = value)
PUT(put_second, p->values[SECOND] = value)
PUT(put_pm, p->pm = (int)value)
PUT(put_weekday, p->weekday = (int)value)
PUT(put_weekday_sunday, p->weekday = (int)((value + 6) % 7))
PUT(put_weekday_iso, p->weekday = (int)(value - 1))
PUT(put_yearday, p->yearday = (int)value)
PUT(put_week_u, p->week_u = (int)value)
PUT(put_week_w, p->week_w = (int)value)
PUT(put_iso_year, p->iso_year = (int)value)
PUT(put_iso_week, p->iso_week = (int)value)

static void put_micro(Parse *p, int64_t value, int digits)
{
    for (; digits < 6; digits++)
        value *= 10;
    p->values[MICROSECOND] = value;
}

/* [+-]HH:?MM(:?SS(.ffffff)?)?, Z */
static bool zone_offset(Parse *p, const char *text, const char *format)
{
    int64_t part[3] = {0}, micro = 0;
    const char *at = text + 1;
    int count = 0;

    if (text < p->text_end && *text == 'Z') {
        p->values[OFFSET] = 0;
        return match(p, text + 1, format);
    }
    if (text >= p->text_end || (*text != '+' && *text != '-'))
        return false;
    bool has_colon = false;
    for (; count < 3; count++) {
        const char *digits = at;
        if (count > 0 && at < p->text_end && *at == ':' && (count == 1 || has_colon)) {
            has_colon = true;
            digits++;
        } else if (count == 2 && has_colon) {
            break;
        }
        if (p->text_end - digits < 2 || !isdigit((unsigned char)digits[0]) || !isdigit((unsigned char)digits[1]))
            break;
        part[count] = (digits[0] - '0') * 10 + digits[1] - '0';
        at = digits + 2;
    }
    if (count < 2)
        return false;
    if (count == 3 && at < p->text_end && *at == '.') {
        int digits = 0;
        for (at++; digits < 6 && at < p->text_end && isdigit((unsigned char)*at); digits++)
            micro = micro * 10 + (*at++ - '0');
        for (; digits < 6; digits++)
            micro *= 10;
    }
    int64_t seconds = part[0] * 3600 + part[1] * 60 + part[2];
    p->values[OFFSET] = *text == '-' ? -seconds : seconds;
    p->values[OFFSET_MICRO] = *text == '-' ? -micro : micro;
    return match(p, at, format);
}

static bool zone_name(Parse *p, const char *text, const char *format)
{
    tzset();
    const char *names[] = {"UTC", "GMT", tzname[0], tzname[1]};

    for (int i = 0; i < 4; i++) {
        size_t size = strlen(names[i]);
        if (size == 0 || (size_t)(p->text_end - text) < size || strncasecmp(text, names[i], size))
            continue;
        p->zone = i == 3 && strcmp(tzname[0], tzname[1]) != 0;
        if (match(p, text + size, format))
            return true;
    }
    return false;
}

/* Expands %c, %x, %X, %T, %D, %R: the text in front of the rest of the format. */
static bool expanded(Parse *p, const char *text, const char *with, const char *format)
{
    char joined[256];
    size_t size = strlen(with), rest = (size_t)(p->format_end - format);

    if (size + rest >= sizeof joined)
        return false;
    memcpy(joined, with, size);
    memcpy(joined + size, format, rest);
    const char *end = p->format_end;
    p->format_end = joined + size + rest;
    bool is_match = match(p, text, joined);
    p->format_end = end;
    return is_match;
}

static bool directive(Parse *p, const char *text, const char *format)
{
    static const char *const meridiem[] = {"am", "pm"};
    char c = *format++;
    bool has_space = text < p->text_end && *text == ' ';

    switch (c) {
    case 'Y':
        return number(p, text, format, 4, 4, 0, 9999, put_year);
    case 'y':
        return number(p, text, format, 2, 2, 0, 99, put_year2);
    case 'm':
        return number(p, text, format, 1, 2, 1, 12, put_month);
    case 'd':
        return number(p, text, format, 1, 2, 1, 31, put_day) || (has_space && number(p, text + 1, format, 1, 1, 1, 9, put_day));
    case 'H':
        return number(p, text, format, 1, 2, 0, 23, put_hour);
    case 'I':
        return number(p, text, format, 1, 2, 1, 12, put_hour12);
    case 'M':
        return number(p, text, format, 1, 2, 0, 59, put_minute);
    case 'S':
        return number(p, text, format, 1, 2, 0, 61, put_second);
    case 'f':
        return number(p, text, format, 1, 6, 0, 999999, put_micro);
    case 'j':
        return number(p, text, format, 1, 3, 1, 366, put_yearday);
    case 'w':
        return number(p, text, format, 1, 1, 0, 6, put_weekday_sunday);
    case 'u':
        return number(p, text, format, 1, 1, 1, 7, put_weekday_iso);
    case 'U':
        return number(p, text, format, 1, 2, 0, 53, put_week_u);
    case 'W':
        return number(p, text, format, 1, 2, 0, 53, put_week_w);
    case 'G':
        return number(p, text, format, 4, 4, 0, 9999, put_iso_year);
    case 'V':
        return number(p, text, format, 1, 2, 1, 53, put_iso_week);
    case 'a':
    case 'A':
        return word(p, text, format, days, 7, c == 'a', put_weekday);
    case 'b':
    case 'B':
        return word(p, text, format, months, 12, c == 'b', put_month_name);
    case 'p':
        return word(p, text, format, meridiem, 2, false, put_pm);
    case 'z':
        return zone_offset(p, text, format);
    case 'Z':
        return zone_name(p, text, format);
    case 'c':
        return expanded(p, text, "%a %b %d %H:%M:%S %Y", format);
    case 'x':
        return expanded(p, text, "%m/%d/%y", format);
    case 'X':
        return expanded(p, text, "%H:%M:%S", format);
    case '%':
        return text < p->text_end && *text == '%' && match(p, text + 1, format);
    default:
        p->bad = c;
        return false;
    }
}

static bool match(Parse *p, const char *text, const char *format)
{
    for (;;) {
        if (format >= p->format_end) {
            p->rest = text;
            return true;
        }
        if (isspace((unsigned char)*format)) {
            const char *from = text;
            while (format < p->format_end && isspace((unsigned char)*format))
                format++;
            while (text < p->text_end && isspace((unsigned char)*text))
                text++;
            if (text == from)
                return false;
            continue;
        }
        if (*format == '%') {
            if (format + 1 >= p->format_end) {
                p->is_stray = true;
                return false;
            }
            return directive(p, text, format + 1);
        }
        if (text >= p->text_end || tolower((unsigned char)*text) != tolower((unsigned char)*format))
            return false;
        text++;
        format++;
    }
}

/* Directives are read before anything is matched. */
static bool check_format(const art_str *format)
{
    for (const char *f = format->text, *end = f + format->size; f < end; f++) {
        if (*f != '%')
            continue;
        if (++f == end) {
            art_raise_new(&art_type_ValueError, "stray %% in format '%s'", format);
            return false;
        }
        if (!strchr("YymdHIMSfjwuUWGVaAbBpzZcxX%", *f)) {
            char directive[2] = {*f, 0};
            art_str *bad = art_str_of(directive);
            art_raise_new(&art_type_ValueError, "'%s' is a bad directive in format '%s'", bad, format);
            art_release(bad);
            return false;
        }
    }
    return true;
}

static bool is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int64_t days_before_month(int64_t year, int64_t month)
{
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
    return before[month - 1] + (month > 2 && is_leap(year));
}

/* Days since 0001-01-01, which is 1 and a Monday. */
static int64_t ordinal(int64_t year, int64_t month, int64_t day)
{
    int64_t y = year - 1;
    return y * 365 + y / 4 - y / 100 + y / 400 + days_before_month(year, month) + day;
}

static int64_t days_in_month(int64_t year, int64_t month)
{
    return days_before_month(year, month + 1) - days_before_month(year, month);
}

/* The day of the year from a week and a weekday. */
static int64_t from_week(int64_t year, int week, int weekday, bool from_monday)
{
    int first = (int)((ordinal(year, 1, 1) + 6) % 7); /* Monday: 0 */

    if (!from_monday) {
        first = (first + 1) % 7;
        weekday = (weekday + 1) % 7;
    }
    int week_0_len = (7 - first) % 7;
    return week == 0 ? 1 + weekday - first : 1 + week_0_len + 7 * (week - 1) + weekday;
}

static bool finish(Parse *p)
{
    int64_t *v = p->values, year = v[YEAR];

    if (p->hour12 >= 0)
        v[HOUR] = p->pm == 1 ? (p->hour12 == 12 ? 12 : p->hour12 + 12) : p->hour12 == 12 ? 0 : p->hour12;
    bool leap_year_fix = false;
    if (!p->has_year) {
        year = 1900;
        if (v[MONTH] == 2 && v[DAY] == 29) {
            year = 1904;
            leap_year_fix = true;
        }
    }
    int64_t yearday = p->yearday;
    if (yearday < 0 && p->weekday >= 0) {
        if (p->week_u >= 0 || p->week_w >= 0) {
            yearday = from_week(year, p->week_u >= 0 ? p->week_u : p->week_w, p->weekday, p->week_u < 0);
        } else if (p->iso_year >= 0 && p->iso_week >= 0) {
            int64_t jan4 = ordinal(p->iso_year, 1, 4), weekday4 = (jan4 + 6) % 7;
            int64_t day = jan4 - weekday4 + (p->iso_week - 1) * 7 + p->weekday;
            year = p->iso_year;
            yearday = day - ordinal(year, 1, 1) + 1;
        }
        if (yearday <= 0 && (p->week_u >= 0 || p->week_w >= 0 || p->iso_week >= 0)) {
            year--;
            yearday += is_leap(year) ? 366 : 365;
        }
    }
    if (yearday < 0) {
        if (v[DAY] > days_in_month(year, v[MONTH])) {
            art_raise_new(&art_type_ValueError, "day is out of range for month");
            return false;
        }
        yearday = ordinal(year, v[MONTH], v[DAY]) - ordinal(year, 1, 1) + 1;
    } else {
        int64_t rest = yearday;
        if (rest > (is_leap(year) ? 366 : 365)) {
            rest -= is_leap(year) ? 366 : 365;
            year++;
        }
        int64_t month = 1;
        while (month < 12 && rest > days_before_month(year, month + 1))
            month++;
        v[MONTH] = month;
        v[DAY] = rest - days_before_month(year, month);
    }
    v[WEEKDAY] = p->weekday >= 0 ? p->weekday : (ordinal(year, v[MONTH], v[DAY]) + 6) % 7;
    v[YEARDAY] = yearday;
    v[YEAR] = leap_year_fix ? 1900 : year;
    v[IS_DST] = p->zone;
    return true;
}

art_list *art_time_parse(const art_str *text, const art_str *format, const art_type *type)
{
    Parse p = {.text_end = text->text + text->size, .format_end = format->text + format->size, .values = {[YEAR] = 1900, [MONTH] = 1, [DAY] = 1, [OFFSET] = INT64_MIN},
               .hour12 = -1, .pm = -1, .week_u = -1, .week_w = -1, .weekday = -1, .yearday = -1, .iso_year = -1, .iso_week = -1, .zone = -1};

    if (!check_format(format))
        return NULL;
    if (!match(&p, text->text, format->text)) {
        art_str *quoted = art_str_repr(text), *shape = art_str_repr(format);
        art_raise_new(&art_type_ValueError, "time data %s does not match format %s", quoted, shape);
        art_release(quoted);
        art_release(shape);
        return NULL;
    }
    if (p.rest < p.text_end) {
        art_str *rest = art_str_new(p.rest, (size_t)(p.text_end - p.rest));
        art_raise_new(&art_type_ValueError, "unconverted data remains: %s", rest);
        art_release(rest);
        return NULL;
    }
    if (!finish(&p))
        return NULL;
    return art_list_of(type, FIELD_COUNT, p.values);
}
