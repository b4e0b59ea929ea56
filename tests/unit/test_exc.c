/* Exceptions: text, chains, groups and tracebacks, as CPython 3.11 shows them. */
#include "asyncrt.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static art_str msg = ART_STR_LITERAL("msg", 3), name = ART_STR_LITERAL("x.txt", 5), quoted = ART_STR_LITERAL("it's", 4);

static const art_type list_exc = ART_LIST_TYPE(&art_type_Exception);

/* class AppError(ValueError): def __init__(self, code): super().__init__(f"code {code}"); self.code = code */
typedef struct AppError {
    art_exc base;
    int64_t code;
} AppError;

static void AppError_destroy(art_obj *self)
{
    art_exc_end_life((art_exc *)self);
    art_free(self, sizeof(AppError));
}
static const art_type type_AppError = ART_EXCEPTION_TYPE("AppError", AppError, &art_type_ValueError, AppError_destroy, .fields = NULL);

static art_exc *app_error(int64_t code)
{
    AppError *error = (AppError *)art_exc_new(&type_AppError);
    art_str *text = art_strf("code %i", code);
    art_box arg = art_box_obj(text);
    error->code = code;
    art_exc_set_args(&error->base, 1, &arg);
    art_release(text);
    return &error->base;
}

static void expect(art_str *text, const char *expected)
{
    assert_non_null(text);
    assert_string_equal(text->text, expected);
    art_release(text);
}

/* The exception is released. */
static void expect_text(art_exc *exc, const char *str, const char *repr)
{
    assert_non_null(exc);
    expect(art_exc_message(exc), str);
    expect(art_exc_repr(exc), repr);
    art_release(exc);
}

static int teardown(void **state)
{
    (void)state;
    return art_self.raised != NULL || art_alloc_count() != 0;
}

static art_exc *make(const art_type *type, art_box first, int64_t count)
{
    art_box args[] = {first, art_box_int(2)};
    return art_exc_args(type, count, args);
}

static void test_text(void **state)
{
    (void)state;
    expect_text(make(&art_type_ValueError, art_box_none(), 0), "", "ValueError()");
    expect_text(make(&art_type_ValueError, art_box_obj(&msg), 1), "msg", "ValueError('msg')");
    expect_text(make(&art_type_ValueError, art_box_obj(&msg), 2), "('msg', 2)", "ValueError('msg', 2)");
    expect_text(make(&art_type_KeyError, art_box_obj(&quoted), 1), "\"it's\"", "KeyError(\"it's\")");
    expect_text(make(&art_type_KeyError, art_box_int(3), 1), "3", "KeyError(3)");
    expect_text(make(&art_type_CancelledError, art_box_none(), 0), "", "CancelledError()");
    expect_text(app_error(7), "code 7", "AppError('code 7')");
    expect_text(art_exc_fmt(&art_type_TypeError, "%s: %i", &msg, INT64_C(1)), "msg: 1", "TypeError('msg: 1')");
    expect_text(art_exc_errno(ENOENT, &name), "[Errno 2] No such file or directory: 'x.txt'",
        "FileNotFoundError(2, 'No such file or directory')");
    expect_text(art_exc_errno(ECONNREFUSED, NULL), "[Errno 111] Connection refused", "ConnectionRefusedError(111, 'Connection refused')");
    expect_text(art_exc_errno(ETIMEDOUT, NULL), "[Errno 110] Connection timed out", "TimeoutError(110, 'Connection timed out')");
    art_exc *error = art_exc_errno(EACCES, &name);
    assert_int_equal(art_exc_errno_of(error), EACCES);
    expect(art_exc_filename(error), "x.txt");
    art_list *args = art_exc_get_args(error);
    expect(art_list_repr(args), "(13, 'Permission denied')");
    art_release(args);
    art_release(error);
}

static void test_raise_and_catch(void **state)
{
    (void)state;
    art_raise(app_error(1));
    art_raise_new(&art_type_TypeError, "the first one stays");
    assert_true(art_raised(5));
    assert_true(art_raised_is(&art_type_ValueError));
    assert_false(art_raised_is(&art_type_TypeError));
    art_exc *error = art_catch();
    assert_false(art_raised(6));
    assert_int_equal(((AppError *)error)->code, 1);
    art_raise_from(art_exc_fmt(&art_type_RuntimeError, "later"), error);
    assert_ptr_equal(art_self.raised->cause, error);
    assert_true(art_self.raised->suppress_context);
    art_release(error);
    art_forget();
    art_raise_any(art_box_type(&art_type_KeyError));
    expect_text(art_catch(), "", "KeyError()");
    art_raise_any(art_box_int(5));
    expect_text(art_catch(), "exceptions must derive from BaseException", "TypeError('exceptions must derive from BaseException')");
}

static void test_context(void **state)
{
    (void)state;
    art_exc *a = art_exc_fmt(&art_type_ValueError, "a"), *b = art_exc_fmt(&art_type_ValueError, "b"), *c = art_exc_fmt(&art_type_ValueError, "c");

    art_exc_set_context(c, b);
    art_exc_set_context(c, a);
    assert_ptr_equal(c->context, b);
    assert_ptr_equal(b->context, a);
    art_exc_set_context(c, a);
    assert_null(a->context);
    /* Raising `a` while handling `c`, whose chain comes to `a`: the chain is cut there. */
    art_exc_set_context(a, c);
    assert_ptr_equal(a->context, c);
    assert_null(b->context);
    art_exc_set_context(a, a);
    art_release(a);
    art_release(b);
    art_release(c);
}

static art_exc *group_of(const char *message, int count, ...)
{
    va_list args;
    art_list *list = art_list_new(&list_exc, 0);
    art_str *text = art_str_of(message);

    va_start(args, count);
    for (int i = 0; i < count; i++)
        art_list_push(list, va_arg(args, art_exc *));
    va_end(args);
    art_exc *group = art_exc_group_new(&art_type_BaseExceptionGroup, text, list);
    art_release(list);
    art_release(text);
    return group;
}

static void test_groups(void **state)
{
    (void)state;
    art_exc *inner = group_of("inner", 2, art_exc_fmt(&art_type_KeyError, "k"), art_exc_fmt(&art_type_TypeError, "t"));
    art_exc *group = group_of("outer", 2, art_exc_fmt(&art_type_ValueError, "v"), inner);

    expect(art_exc_message(group), "outer (2 sub-exceptions)");
    expect(art_exc_repr(group), "ExceptionGroup('outer', [ValueError('v'), ExceptionGroup('inner', [KeyError('k'), TypeError('t')])])");
    assert_true(art_exc_matches(group, &art_type_Exception));
    const art_type *lookup = &art_type_LookupError;
    art_exc *match, *rest;
    assert_true(art_exc_split(group, &lookup, 1, &match, &rest, true));
    expect(art_exc_repr(match), "ExceptionGroup('outer', [ExceptionGroup('inner', [KeyError('k')])])");
    expect(art_exc_repr(rest), "ExceptionGroup('outer', [ValueError('v'), ExceptionGroup('inner', [TypeError('t')])])");
    /* A handler raised something new, another part was raised again: one group of both. */
    art_exc *fresh = art_exc_fmt(&art_type_RuntimeError, "new");
    art_exc_set_context(fresh, match);
    art_list *raised = art_list_new(&list_exc, 0);
    art_list_push(raised, fresh);
    art_exc *left = art_exc_merge(group, raised, rest);
    expect(art_exc_repr(left), "ExceptionGroup('', [RuntimeError('new'), ExceptionGroup('outer', [ValueError('v'), ExceptionGroup('inner', "
                               "[TypeError('t')])])])");
    art_list_push(raised, art_retain(match));
    art_list *again = art_list_slice(raised, 1, 2, 1);
    art_exc *whole = art_exc_merge(group, again, rest);
    assert_ptr_equal(whole, group);
    art_release(whole);
    art_exc *none = art_exc_subgroup(group, &art_type_OSError);
    assert_null(none);
    /* A plain exception is wrapped for except*. */
    const art_type *value_error = &art_type_ValueError;
    art_exc *plain = art_exc_fmt(&art_type_ValueError, "p"), *wrapped, *nothing;
    assert_true(art_exc_split(plain, &value_error, 1, &wrapped, &nothing, true));
    expect(art_exc_repr(wrapped), "ExceptionGroup('', (ValueError('p'),))");
    assert_null(nothing);
    art_release(wrapped);
    art_release(plain);
    art_release(again);
    art_release(left);
    art_release(raised);
    art_release(match);
    art_release(rest);
    art_release(group);
    assert_null(group_of("x", 0));
    expect_text(art_catch(), "second argument (exceptions) must be a non-empty sequence",
        "ValueError('second argument (exceptions) must be a non-empty sequence')");
}

static void trace(int line, const char *function)
{
    art_self.line = line;
    art_trace(function, "nowhere.async");
}

static void test_traceback(void **state)
{
    (void)state;
    art_raise_new(&art_type_ZeroDivisionError, "division by zero");
    trace(3, "inner");
    trace(9, "<module>");
    art_exc *cause = art_catch();
    expect(art_exc_traceback(cause), "Traceback (most recent call last):\n"
                                     "  File \"nowhere.async\", line 9, in <module>\n"
                                     "  File \"nowhere.async\", line 3, in inner\n"
                                     "ZeroDivisionError: division by zero\n");
    art_raise(app_error(2));
    trace(20, "main");
    art_exc_set_context(art_self.raised, cause);
    art_str note = ART_STR_LITERAL("a note\nof two lines", 19);
    art_exc_add_note(art_self.raised, &note);
    expect(art_exc_traceback(art_self.raised), "Traceback (most recent call last):\n"
                                               "  File \"nowhere.async\", line 9, in <module>\n"
                                               "  File \"nowhere.async\", line 3, in inner\n"
                                               "ZeroDivisionError: division by zero\n"
                                               "\n"
                                               "During handling of the above exception, another exception occurred:\n"
                                               "\n"
                                               "Traceback (most recent call last):\n"
                                               "  File \"nowhere.async\", line 20, in main\n"
                                               "AppError: code 2\n"
                                               "a note\n"
                                               "of two lines\n");
    art_forget();
    art_release(cause);
    art_exc *cancelled = art_exc_new(&art_type_CancelledError);
    expect(art_exc_traceback(cancelled), "asyncio.exceptions.CancelledError\n");
    art_release(cancelled);
}

static void test_repeated_frames(void **state)
{
    (void)state;
    art_raise_type(&art_type_RecursionError);
    for (int i = 0; i < 1000; i++)
        trace(4, "f");
    trace(8, "<module>");
    expect(art_exc_traceback(art_self.raised), "Traceback (most recent call last):\n"
                                               "  File \"nowhere.async\", line 8, in <module>\n"
                                               "  File \"nowhere.async\", line 4, in f\n"
                                               "  File \"nowhere.async\", line 4, in f\n"
                                               "  File \"nowhere.async\", line 4, in f\n"
                                               "  [Previous line repeated 997 more times]\n"
                                               "RecursionError\n");
    art_forget();
}

static void test_group_traceback(void **state)
{
    (void)state;
    art_exc *inner = group_of("h", 2, art_exc_fmt(&art_type_KeyError, "a"), art_exc_fmt(&art_type_TypeError, "2"));

    art_raise(group_of("g", 2, art_exc_fmt(&art_type_ValueError, "1"), inner));
    trace(1, "f");
    expect(art_exc_traceback(art_self.raised), "  + Exception Group Traceback (most recent call last):\n"
                                               "  |   File \"nowhere.async\", line 1, in f\n"
                                               "  | ExceptionGroup: g (2 sub-exceptions)\n"
                                               "  +-+---------------- 1 ----------------\n"
                                               "    | ValueError: 1\n"
                                               "    +---------------- 2 ----------------\n"
                                               "    | ExceptionGroup: h (2 sub-exceptions)\n"
                                               "    +-+---------------- 1 ----------------\n"
                                               "      | KeyError: 'a'\n"
                                               "      +---------------- 2 ----------------\n"
                                               "      | TypeError: 2\n"
                                               "      +------------------------------------\n");
    art_forget();
}

static void test_exit_status(void **state)
{
    (void)state;
    assert_int_equal(art_report_uncaught(), 0);
    art_raise_type(&art_type_SystemExit);
    assert_int_equal(art_report_uncaught(), 0);
    art_raise_box(&art_type_SystemExit, art_box_int(3));
    assert_int_equal(art_report_uncaught(), 3);
    art_raise_box(&art_type_SystemExit, art_box_none());
    assert_int_equal(art_report_uncaught(), 0);
}

static int64_t recurse(int64_t depth)
{
    volatile char room[256]; /* read again after the call, so that each level keeps its own */

    room[0] = (char)depth;
    if (art_stack_low())
        return depth;
    int64_t reached = recurse(depth + 1);
    return reached + (room[0] != (char)depth);
}

static void test_recursion(void **state)
{
    (void)state;
    assert_true(recurse(0) > 1000);
    expect_text(art_catch(), "maximum recursion depth exceeded", "RecursionError('maximum recursion depth exceeded')");
    /* Afterwards all is as before. */
    assert_false(art_stack_low());
}

int main(int argc, char **argv)
{
    art_start(argc, argv);
#define TEST(function) cmocka_unit_test_teardown(test_##function, teardown)
    const struct CMUnitTest tests[] = {
        TEST(text),
        TEST(raise_and_catch),
        TEST(context),
        TEST(groups),
        TEST(traceback),
        TEST(repeated_frames),
        TEST(group_traceback),
        TEST(exit_status),
        TEST(recursion),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
