/* Everything of the library. */
#ifndef OTTL_OTTL_H
#define OTTL_OTTL_H

#include "ottl/base.h"
#include "ottl/config.h"
#include "ottl/coverage.h"
#include "ottl/describe.h"
#include "ottl/diag.h"
#include "ottl/diff.h"
#include "ottl/eval.h"
#include "ottl/exec.h"
#include "ottl/explain.h"
#include "ottl/format.h"
#include "ottl/frame.h"
#include "ottl/json.h"
#include "ottl/language.h"
#include "ottl/profile.h"
#include "ottl/program.h"
#include "ottl/route.h"
#include "ottl/test.h"
#include "ottl/touch.h"
#include "ottl/trace.h"
#include "ottl/view.h"

#endif
