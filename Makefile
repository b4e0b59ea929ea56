# make            the compiler and the runtime, in build/
# make demo       the first example
# make check      every test; its last line counts them
# make install    to PREFIX (/usr/local), under DESTDIR
# SANITIZE=1      the same with ASan and UBSan, in build/sanitize/

CC       ?= cc
AR       ?= ar
RE2C     ?= re2c
LEMON    ?= lemon
PYTHON   ?= python3
PREFIX   ?= /usr/local
CFLAGS   ?= -O2 -g

WARNINGS  = -Wall -Wextra -Wpedantic -Wshadow $(if $(CI),-Werror)
STD       = -std=c11 -D_GNU_SOURCE=
# A program takes only those functions and tables of the runtime that it uses.
SECTIONS  = -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables -fno-unwind-tables
GEN       = $(BUILD)/gen
INCLUDES  = -Icompiler -Itools -I$(GEN) -Iruntime/include -Iruntime/src
LIBS      = -lm -pthread

BUILD    ?= build
ifdef SANITIZE
B         = $(BUILD)/sanitize
MODE      = -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined \
            -DASYNCC_CHECKED
else ifdef TSAN
B         = $(BUILD)/tsan
MODE      = -O1 -fno-omit-frame-pointer -fsanitize=thread
else
B         = $(BUILD)
endif

COMPILE   = $(CC) $(STD) $(WARNINGS) $(CFLAGS) $(MODE) $(INCLUDES) -MMD -MP

# -- lists ---------------------------------------------------------------------------------------------------------------

COMPILER_SOURCES := $(sort $(wildcard compiler/*.c compiler/*/*.c))
LIBRARY          := $(sort $(shell find lib -name '*.async'))
UNIT_SOURCES     := $(sort $(wildcard tests/unit/*.c))

# One poller, by system. What needs another library is not in the archive: a program that imports it links it.
POLLER           := $(if $(filter Linux,$(shell uname -s)),epoll,kqueue)
RUNTIME_APART    := $(wildcard runtime/src/poll_*.c runtime/src/*_openssl.c runtime/src/*_curl.c)
RUNTIME_SOURCES  := $(sort $(filter-out $(RUNTIME_APART),$(wildcard runtime/src/*.c)) \
                           $(wildcard runtime/src/poll_$(POLLER).c))

COMPILER_OBJECTS := $(COMPILER_SOURCES:%.c=$(B)/obj/%.o) $(B)/obj/gen/lexer.o $(B)/obj/gen/python.o \
                    $(B)/obj/gen/lib_files.o
# What runs seldom is compiled to be small.
SMALL            := asyncgen box boxattr boxitem bytes class code context cycle deepcopy defer deque dictview exc excgroup file \
                    float floatmath floattext format handle pool print range runner set strformat trace unicode wake
RUNTIME_OBJECTS  := $(RUNTIME_SOURCES:%.c=$(B)/obj/%.o)
UNIT_TESTS       := $(UNIT_SOURCES:tests/unit/%.c=$(B)/unit/%)

# -- what people call ------------------------------------------------------------------------------------------------------

.PHONY: all compiler runtime unit demo check quick tsan fuzz fuzz-schedules golden bench install clean format

all: compiler runtime
compiler: $(B)/asyncc
runtime: $(B)/libasyncrt.a
unit: $(UNIT_TESTS)

demo: all
	$(BUILD)/asyncc run examples/demo.async

# Everything. `quick` leaves out what takes long: sanitizers, fuzzing, hostile input.
check: all unit
	+$(MAKE) --no-print-directory SANITIZE=1 all unit
	$(PYTHON) tests/run.py --build $(BUILD) all

quick: all unit
	$(PYTHON) tests/run.py --build $(BUILD) unit conformance errors golden examples

# The programs that use threads, under the thread sanitizer.
tsan:
	+$(MAKE) --no-print-directory TSAN=1 runtime unit
	+$(MAKE) --no-print-directory compiler
	$(PYTHON) tests/run.py --build $(BUILD) tsan

N ?= 200
SEED ?= 1
fuzz: all
	$(PYTHON) tests/fuzz/fuzzing.py --build $(BUILD) --count $(N) --seed $(SEED)

# Random task trees.
fuzz-schedules: all
	$(PYTHON) tests/fuzz/fuzzing.py --schedules --build $(BUILD) --count $(N) --seed $(SEED)

golden: all
	$(PYTHON) tests/run.py --build $(BUILD) --rewrite golden

bench: all
	$(PYTHON) bench/run.py --build $(BUILD) $(if $(QUICK),--quick)

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/pkgconfig $(DESTDIR)$(PREFIX)/include/asyncc/art
	install -m 755 $(B)/asyncc $(DESTDIR)$(PREFIX)/bin/asyncc
	install -m 644 $(B)/libasyncrt.a $(DESTDIR)$(PREFIX)/lib/libasyncrt.a
	install -m 644 runtime/include/*.h $(DESTDIR)$(PREFIX)/include/asyncc
	install -m 644 runtime/include/art/*.h runtime/include/art/*.def $(DESTDIR)$(PREFIX)/include/asyncc/art
	sed 's|@PREFIX@|$(PREFIX)|' runtime/asyncrt.pc.in > $(DESTDIR)$(PREFIX)/lib/pkgconfig/asyncrt.pc

clean:
	rm -rf $(BUILD)

format:
	clang-format -i $$(find compiler runtime tools tests -name '*.[ch]')

# -- generated sources -----------------------------------------------------------------------------------------------------

$(GEN)/lexer.c: grammar/python.re
	@mkdir -p $(@D)
	$(RE2C) -c -W --no-generation-date -o $@ $<

# lemon exits with the number of conflicts; -T only where it would not find its template by itself.
LEMPAR := $(firstword $(wildcard /usr/share/lemon/lempar.c /usr/local/share/lemon/lempar.c /usr/share/lempar.c))
$(GEN)/python.c: grammar/python.y
	@mkdir -p $(@D)
	$(LEMON) $(if $(LEMPAR),-T$(LEMPAR)) -d$(GEN) $< || { echo "see $(GEN)/python.out"; rm -f $@; exit 1; }

$(GEN)/python.h: $(GEN)/python.c ;

$(GEN)/embed: tools/embed.c
	@mkdir -p $(@D)
	$(CC) -std=c11 -O1 $(WARNINGS) -o $@ $<

$(GEN)/lib_files.c: $(GEN)/embed $(LIBRARY) lib
	$(GEN)/embed lib $(LIBRARY) > $@.tmp && mv $@.tmp $@

# -- compiling ---------------------------------------------------------------------------------------------------------------

$(B)/asyncc: $(COMPILER_OBJECTS)
	$(CC) $(CFLAGS) $(MODE) $(LDFLAGS) -o $@ $^ $(LIBS)

$(B)/libasyncrt.a: $(RUNTIME_OBJECTS)
	rm -f $@
	$(AR) rcs $@ $^

$(B)/obj/compiler/%.o: compiler/%.c | $(GEN)/python.h
	@mkdir -p $(@D)
	$(COMPILE) -DASYNCC_PREFIX='"$(PREFIX)"' -c -o $@ $<

$(B)/obj/runtime/%.o: runtime/%.c
	@mkdir -p $(@D)
	$(COMPILE) $(if $(MODE),,$(SECTIONS) $(if $(filter $(*F),$(SMALL)),-Os)) -c -o $@ $<

# What re2c and lemon write is not ours to warn about.
$(B)/obj/gen/%.o: $(GEN)/%.c | $(GEN)/python.h
	@mkdir -p $(@D)
	$(COMPILE) -Wno-unused-parameter -Wno-unused-variable -Wno-shadow -Wno-overlength-strings -c -o $@ $<

$(B)/unit/%: tests/unit/%.c $(B)/libasyncrt.a
	@mkdir -p $(@D)
	$(COMPILE) $(LDFLAGS) -o $@ $< $(B)/libasyncrt.a -lcmocka $(LIBS)

-include $(COMPILER_OBJECTS:.o=.d) $(RUNTIME_OBJECTS:.o=.d) $(UNIT_TESTS:=.d)
