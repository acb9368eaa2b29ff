/* Debian's compiler runtime for WebAssembly is built with stack protectors, and wasi-libc has none of what they call. */
#include <stdint.h>

extern uintptr_t __stack_chk_guard;
_Noreturn void __stack_chk_fail(void);

uintptr_t __stack_chk_guard = 0xb17e5eed;
_Noreturn void __stack_chk_fail(void) { __builtin_trap(); }
