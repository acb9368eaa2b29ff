//! The part of libottl's C interface that the crate `ottl` needs; the headers (`include/ottl`) say what each does. Layouts are checked against
//! the sizes that the C compiler sees, by `struct_size` at run time and by the tests of `ottl`.

#![allow(non_camel_case_types)]

use core::ffi::{c_char, c_int, c_void};

pub const OTTL_OK: c_int = 0;
pub const OTTL_NOMEM: c_int = 1;
pub const OTTL_INVALID_ARG: c_int = 2;
pub const OTTL_COMPILE: c_int = 3;
pub const OTTL_DATA: c_int = 4;
pub const OTTL_LIMIT: c_int = 5;
pub const OTTL_UNSUPPORTED: c_int = 6;
pub const OTTL_RUNTIME: c_int = 7;

pub const OTTL_NO_PLACE: u64 = u64::MAX;

macro_rules! opaque {
    ($($name:ident)*) => { $(#[repr(C)] pub struct $name { _private: [u8; 0] })* };
}
opaque!(ottl_program ottl_exec ottl_diags ottl_json ottl_allocator);

#[repr(C)]
#[derive(Clone, Copy)]
pub struct ottl_view {
    pub data: *const c_char,
    pub len: usize,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct ottl_compile_options {
    pub struct_size: usize,
    pub allocator: *const ottl_allocator,
    pub kind: c_int,
    pub signal: c_int,
    pub paths: c_int,
    pub row_order: bool,
    pub event_index: bool,
    pub experimental: bool,
    pub literal_lists: bool,
    pub functions: c_int,
    pub explain: bool,
    pub on_failure: c_int,
    pub lint: bool,
    pub flatten: bool,
    pub compat: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct ottl_exec_options {
    pub struct_size: usize,
    pub allocator: *const ottl_allocator,
    pub slice_rows: u32,
    pub clock_seconds: i64,
    pub clock_nanos: u32,
    pub random_seed: u64,
    pub max_errors: u32,
    pub max_bytes: u64,
    pub strict: bool,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct ottl_result {
    pub data: *const u8,
    pub len: usize,
    pub unchanged: bool,
    pub rows_in: u64,
    pub rows_changed: u64,
    pub rows_dropped: u64,
    pub rows_failed: u64,
    pub errors: u64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct ottl_row_error {
    pub item: u64,
    pub group: u32,
    pub statement: u32,
    pub condition: u32,
    pub code: *const c_char,
    pub message: *const c_char,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct ottl_diag_span {
    pub file: ottl_view,
    pub begin: usize,
    pub end: usize,
    pub line: u32,
    pub column: u32,
    pub column_utf16: u32,
    pub end_line: u32,
    pub end_column: u32,
    pub end_column_utf16: u32,
    pub text: ottl_view,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct ottl_diag_fix {
    pub span: ottl_diag_span,
    pub replacement: ottl_view,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct ottl_diag {
    pub code: *const c_char,
    pub severity: c_int,
    pub message: ottl_view,
    pub span: ottl_diag_span,
    pub n_labels: usize,
    pub n_notes: usize,
    pub n_fixes: usize,
    pub labels: [ottl_diag_span; 3],
    pub notes: [ottl_view; 2],
    pub fixes: [ottl_diag_fix; 2],
    pub help: ottl_view,
}

pub type ottl_diags_write =
    unsafe extern "C" fn(context: *mut c_void, data: *const c_char, len: usize);

extern "C" {
    pub fn ottl_version() -> *const c_char;
    pub fn ottl_isa() -> *const c_char;
    pub fn ottl_status_name(status: c_int) -> *const c_char;

    pub fn ottl_compile_options_init(options: *mut ottl_compile_options);
    pub fn ottl_program_compile_text(
        text: *const c_char,
        len: usize,
        name: *const c_char,
        error_mode: c_int,
        options: *const ottl_compile_options,
        ret_program: *mut *mut ottl_program,
        ret_diags: *mut *mut ottl_diags,
    ) -> c_int;
    pub fn ottl_program_free(program: *mut ottl_program);
    pub fn ottl_program_signal(program: *const ottl_program) -> c_int;

    pub fn ottl_diags_count(diags: *const ottl_diags) -> usize;
    pub fn ottl_diags_get(diags: *const ottl_diags, i: usize, ret: *mut ottl_diag) -> c_int;
    pub fn ottl_diags_render(
        diags: *const ottl_diags,
        format: c_int,
        colour: bool,
        write: ottl_diags_write,
        context: *mut c_void,
    ) -> c_int;
    pub fn ottl_diags_free(diags: *mut ottl_diags);

    pub fn ottl_exec_options_init(options: *mut ottl_exec_options);
    pub fn ottl_exec_create(
        program: *const ottl_program,
        options: *const ottl_exec_options,
        ret: *mut *mut ottl_exec,
    ) -> c_int;
    pub fn ottl_exec_free(exec: *mut ottl_exec);
    pub fn ottl_exec_run(
        exec: *mut ottl_exec,
        input: *const u8,
        len: usize,
        ret: *mut ottl_result,
    ) -> c_int;
    pub fn ottl_exec_set_request(exec: *mut ottl_exec, json: *const c_char, len: usize) -> c_int;
    pub fn ottl_exec_error(exec: *mut ottl_exec, i: usize, ret: *mut ottl_row_error) -> bool;
    pub fn ottl_exec_failure(exec: *const ottl_exec, ret_offset: *mut usize) -> *const c_char;

    pub fn ottl_json_create(allocator: *const ottl_allocator, ret: *mut *mut ottl_json) -> c_int;
    pub fn ottl_json_free(json: *mut ottl_json);
    pub fn ottl_json_to_wire(
        json: *mut ottl_json,
        signal: c_int,
        text: *const c_char,
        len: usize,
        ret_wire: *mut *const u8,
        ret_len: *mut usize,
    ) -> c_int;
    pub fn ottl_json_from_wire(
        json: *mut ottl_json,
        signal: c_int,
        wire: *const u8,
        len: usize,
        ret_text: *mut *const c_char,
        ret_len: *mut usize,
    ) -> c_int;
    pub fn ottl_json_error(json: *const ottl_json, ret_offset: *mut usize) -> *const c_char;
}
