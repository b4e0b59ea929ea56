/* libasyncrt: everything that generated C, or C written by hand beside it, may use. Each header says what it is for. */
#ifndef ASYNCRT_H
#define ASYNCRT_H

#include "art/value.h"

#include "art/box.h"
#include "art/bytes.h"
#include "art/class.h"
#include "art/closure.h"
#include "art/deque.h"
#include "art/dict.h"
#include "art/exc.h"
#include "art/format.h"
#include "art/list.h"
#include "art/number.h"
#include "art/print.h"
#include "art/range.h"
#include "art/set.h"
#include "art/str.h"
#include "art/tuple.h"

#endif
