//! OTTL, the OpenTelemetry Transformation Language, over OTLP payloads: bytes in, bytes out.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let program = ottl::Options::new().compile(r#"set(log.body, "x") where log.severity_number < 9"#)?;
//! let mut exec = program.exec()?; // one for each thread
//! let payload: &[u8] = b""; // an export request
//! let result = exec.run(payload)?;
//! assert_eq!(result.rows_in, 0);
//! # Ok(()) }
//! ```
//!
//! A [`Program`] is immutable and shared by any number of threads; an [`Exec`] belongs to one at a time. What a run gives is borrowed from the
//! exec and from the payload until the next run, so it cannot outlive either.

use ottl_sys as sys;
use std::ffi::{c_char, c_int, c_void, CStr, CString};
use std::fmt;
use std::marker::PhantomData;
use std::ptr;
use std::sync::Arc;

/// What the program is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Statements.
    Transform = 0,
    /// Conditions: a record for which any of them holds is dropped.
    Filter = 1,
}

/// What a payload carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    Logs = 1,
    Traces = 2,
    Metrics = 3,
    Profiles = 4,
}

/// What a failing record leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorMode {
    /// The first one fails the payload.
    Propagate = 0,
    Ignore = 1,
    Silent = 2,
}

/// A failure of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// Statements do not compile: all that is wrong with them.
    Compile(Diagnostics),
    /// The payload is not valid OTLP.
    Data {
        message: String,
        offset: usize,
    },
    /// A limit was reached.
    Limit(String),
    /// A record failed under [`ErrorMode::Propagate`].
    Run(Vec<RowError>),
    NoMemory,
    /// The call cannot be made so.
    Invalid(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Compile(diagnostics) => {
                for (i, d) in diagnostics
                    .iter()
                    .filter(|d| d.severity == Severity::Error)
                    .enumerate()
                {
                    write!(f, "{}{d}", if i == 0 { "" } else { "\n" })?;
                }
                Ok(())
            }
            Error::Data { message, offset } => write!(f, "{message} (at byte {offset})"),
            Error::Run(errors) => {
                f.write_str(errors.first().map_or("a record failed", |e| &e.message))
            }
            Error::NoMemory => f.write_str("out of memory"),
            Error::Limit(message) | Error::Invalid(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for Error {}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    Error,
    Warning,
    Note,
}

/// What is wrong, where, and what to do. Bytes of the source count from 0, lines and columns from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub code: String,
    pub severity: Severity,
    pub message: String,
    pub file: String,
    pub range: std::ops::Range<usize>,
    pub line: u32,
    pub column: u32,
    pub help: Option<String>,
    /// Ranges and what to put there; all of them together are one correction.
    pub fixes: Vec<(std::ops::Range<usize>, String)>,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        if !self.file.is_empty() {
            write!(f, "{}:", self.file)?;
        }
        write!(
            f,
            "{}:{}: {severity}[{}]: {}",
            self.line, self.column, self.code, self.message
        )?;
        self.help
            .iter()
            .try_for_each(|help| write!(f, "\n  help: {help}"))
    }
}

/// A failure of a statement or condition on a record. Its text never shows values of the payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowError {
    /// Number of the record in its context, from 0.
    pub item: u64,
    pub group: u32,
    /// Within the group; `None`: a condition failed.
    pub statement: Option<u32>,
    pub code: String,
    pub message: String,
}

/// How statements are compiled and run.
#[derive(Clone)]
pub struct Options {
    compile: sys::ottl_compile_options,
    exec: sys::ottl_exec_options,
    error_mode: ErrorMode,
    name: Option<CString>,
}

impl Default for Options {
    fn default() -> Self {
        Self::new()
    }
}

impl Options {
    pub fn new() -> Self {
        // SAFETY: both calls fill in the whole structure.
        unsafe {
            let mut compile = std::mem::zeroed();
            let mut exec = std::mem::zeroed();
            sys::ottl_compile_options_init(&mut compile);
            sys::ottl_exec_options_init(&mut exec);
            assert_eq!(
                compile.struct_size,
                std::mem::size_of_val(&compile),
                "libottl is of another version"
            );
            assert_eq!(
                exec.struct_size,
                std::mem::size_of_val(&exec),
                "libottl is of another version"
            );
            Options {
                compile,
                exec,
                error_mode: ErrorMode::Propagate,
                name: None,
            }
        }
    }
    pub fn kind(mut self, kind: Kind) -> Self {
        self.compile.kind = kind as c_int;
        self
    }
    pub fn signal(mut self, signal: Signal) -> Self {
        self.compile.signal = signal as c_int;
        self
    }
    pub fn error_mode(mut self, mode: ErrorMode) -> Self {
        self.error_mode = mode;
        self
    }
    /// File name for diagnostics.
    pub fn name(mut self, name: &str) -> Self {
        self.name = CString::new(name.replace('\0', "")).ok();
        self
    }
    /// Warnings about what compiles and is not what was meant.
    pub fn lint(mut self, lint: bool) -> Self {
        self.compile.lint = lint;
        self
    }
    /// Refuse what the collector's decoder refuses.
    pub fn strict(mut self, strict: bool) -> Self {
        self.exec.strict = strict;
        self
    }
    /// Memory that an exec may hold.
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.exec.max_bytes = bytes;
        self
    }

    /// Compiles statements, a line each, as in an .ottl file.
    pub fn compile(&self, text: &str) -> Result<Program, Error> {
        let (mut program, mut diags) = (ptr::null_mut(), ptr::null_mut());
        let name = self.name.as_ref().map_or(ptr::null(), |n| n.as_ptr());
        // SAFETY: the text and the options live through the call; what comes back is owned.
        let status = unsafe {
            sys::ottl_program_compile_text(
                text.as_ptr().cast(),
                text.len(),
                name,
                self.error_mode as c_int,
                &self.compile,
                &mut program,
                &mut diags,
            )
        };
        // SAFETY: diags is NULL or owned.
        let diagnostics = unsafe { Diagnostics::take(diags) };
        match status {
            sys::OTTL_OK => Ok(Program {
                inner: Arc::new(Inner {
                    program,
                    exec: self.exec,
                    diagnostics,
                }),
            }),
            sys::OTTL_NOMEM => Err(Error::NoMemory),
            sys::OTTL_INVALID_ARG => Err(Error::Invalid("options that do not fit together".into())),
            _ => Err(Error::Compile(diagnostics)),
        }
    }
}

unsafe fn text_of(v: sys::ottl_view) -> String {
    if v.len == 0 {
        return String::new();
    }
    String::from_utf8_lossy(std::slice::from_raw_parts(v.data.cast(), v.len)).into_owned()
}

unsafe fn c_text(p: *const c_char) -> String {
    if p.is_null() {
        return String::new();
    }
    CStr::from_ptr(p).to_string_lossy().into_owned()
}

/// What the compiler told: a slice of [`Diagnostic`], and the text for people.
#[derive(Clone)]
pub struct Diagnostics {
    list: Arc<[Diagnostic]>,
    handle: Arc<DiagsHandle>,
}

struct DiagsHandle(*mut sys::ottl_diags);

// SAFETY: diagnostics do not change once they are made; reading and rendering them is for any thread (diag.h).
unsafe impl Send for DiagsHandle {}
unsafe impl Sync for DiagsHandle {}

impl Drop for DiagsHandle {
    fn drop(&mut self) {
        // SAFETY: NULL or owned, and freed once.
        unsafe { sys::ottl_diags_free(self.0) }
    }
}

impl std::ops::Deref for Diagnostics {
    type Target = [Diagnostic];
    fn deref(&self) -> &[Diagnostic] {
        &self.list
    }
}

impl PartialEq for Diagnostics {
    fn eq(&self, other: &Self) -> bool {
        self.list == other.list
    }
}

impl Eq for Diagnostics {}

impl fmt::Debug for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.list.fmt(f)
    }
}

impl Diagnostics {
    /// With source lines, carets and help, as the command shows them.
    pub fn render(&self, colour: bool) -> String {
        unsafe extern "C" fn keep(context: *mut c_void, data: *const c_char, len: usize) {
            if len > 0 {
                (*context.cast::<Vec<u8>>())
                    .extend_from_slice(std::slice::from_raw_parts(data.cast(), len));
            }
        }
        let mut out = Vec::<u8>::new();
        if !self.handle.0.is_null() {
            // SAFETY: the handle is alive; `out` outlives the calls of `keep`. Without memory the text is cut, not wrong.
            let _ = unsafe {
                sys::ottl_diags_render(
                    self.handle.0,
                    0,
                    colour,
                    keep,
                    ptr::addr_of_mut!(out).cast(),
                )
            };
        }
        String::from_utf8_lossy(&out).into_owned()
    }

    /// Takes ownership. diags: NULL, or of a call of the library.
    unsafe fn take(diags: *mut sys::ottl_diags) -> Diagnostics {
        let handle = Arc::new(DiagsHandle(diags));
        let mut list = Vec::new();
        for i in 0..sys::ottl_diags_count(diags) {
            let mut d: sys::ottl_diag = std::mem::zeroed();
            if sys::ottl_diags_get(diags, i, &mut d) == sys::OTTL_OK {
                list.push(diagnostic_of(&d));
            }
        }
        Diagnostics {
            list: list.into(),
            handle,
        }
    }
}

unsafe fn diagnostic_of(d: &sys::ottl_diag) -> Diagnostic {
    Diagnostic {
        code: c_text(d.code),
        severity: match d.severity {
            0 => Severity::Error,
            1 => Severity::Warning,
            _ => Severity::Note,
        },
        message: text_of(d.message),
        file: text_of(d.span.file),
        range: d.span.begin..d.span.end,
        line: d.span.line,
        column: d.span.column,
        help: (d.help.len > 0).then(|| text_of(d.help)),
        fixes: d.fixes[..d.n_fixes]
            .iter()
            .map(|f| (f.span.begin..f.span.end, text_of(f.replacement)))
            .collect(),
    }
}

struct Inner {
    program: *mut sys::ottl_program,
    exec: sys::ottl_exec_options,
    diagnostics: Diagnostics,
}

// SAFETY: a program is immutable and may be shared by any number of threads (program.h); the options hold no pointer (no allocator).
unsafe impl Send for Inner {}
unsafe impl Sync for Inner {}

impl Drop for Inner {
    fn drop(&mut self) {
        // SAFETY: execs hold the Arc, so none is alive.
        unsafe { sys::ottl_program_free(self.program) }
    }
}

/// Statements, compiled. Cheap to clone.
#[derive(Clone)]
pub struct Program {
    inner: Arc<Inner>,
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Program")
            .field("signal", &self.signal())
            .finish_non_exhaustive()
    }
}

impl Program {
    /// `None`: payloads of any signal.
    pub fn signal(&self) -> Option<Signal> {
        // SAFETY: the program is alive.
        match unsafe { sys::ottl_program_signal(self.inner.program) } {
            1 => Some(Signal::Logs),
            2 => Some(Signal::Traces),
            3 => Some(Signal::Metrics),
            4 => Some(Signal::Profiles),
            _ => None,
        }
    }

    /// Warnings of the compiler.
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.inner.diagnostics
    }

    /// Memory to run in: one for each thread.
    pub fn exec(&self) -> Result<Exec, Error> {
        let (mut exec, mut json_in, mut json_out) =
            (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
        // SAFETY: the exec keeps the program alive; what was made is freed when a later part fails.
        unsafe {
            let mut status = sys::ottl_exec_create(self.inner.program, &self.inner.exec, &mut exec);
            if status == sys::OTTL_OK {
                status = sys::ottl_json_create(ptr::null(), &mut json_in);
            }
            if status == sys::OTTL_OK {
                status = sys::ottl_json_create(ptr::null(), &mut json_out);
            }
            let made = Exec {
                exec,
                json_in,
                json_out,
                program: self.clone(),
            };
            match status {
                sys::OTTL_OK => Ok(made),
                sys::OTTL_INVALID_ARG => {
                    Err(Error::Invalid("strict needs a program of a signal".into()))
                }
                sys::OTTL_LIMIT => Err(Error::Limit(
                    "an exec needs more memory than it may hold".into(),
                )),
                _ => Err(Error::NoMemory),
            }
        }
    }
}

/// One thread's memory for running a program.
pub struct Exec {
    exec: *mut sys::ottl_exec,
    json_in: *mut sys::ottl_json,
    json_out: *mut sys::ottl_json,
    program: Program,
}

// SAFETY: an exec may move between threads; `&mut self` keeps it to one at a time.
unsafe impl Send for Exec {}

impl Drop for Exec {
    fn drop(&mut self) {
        // SAFETY: each is NULL or owned.
        unsafe {
            sys::ottl_exec_free(self.exec);
            sys::ottl_json_free(self.json_in);
            sys::ottl_json_free(self.json_out);
        }
    }
}

/// What a run gave; borrowed from the exec and the payload.
#[derive(Clone, Copy, Debug)]
pub struct Outcome<'a> {
    /// The payload to hand on; `None`: nothing is left.
    pub data: Option<&'a [u8]>,
    /// No record was written or dropped: these are the bytes that came in.
    pub unchanged: bool,
    pub rows_in: u64,
    pub rows_changed: u64,
    pub rows_dropped: u64,
    pub rows_failed: u64,
    pub errors: u64,
    _borrowed: PhantomData<&'a ()>,
}

impl Exec {
    /// Runs on one export request in protobuf.
    pub fn run<'a>(&'a mut self, payload: &'a [u8]) -> Result<Outcome<'a>, Error> {
        // SAFETY: a zeroed result is valid; the payload outlives what is handed out.
        let mut r: sys::ottl_result = unsafe { std::mem::zeroed() };
        let status =
            unsafe { sys::ottl_exec_run(self.exec, payload.as_ptr(), payload.len(), &mut r) };
        if status != sys::OTTL_OK {
            return Err(self.failure(status));
        }
        // SAFETY: data is `len` bytes until the next run, which needs `&mut self`.
        let data =
            (!r.data.is_null()).then(|| unsafe { std::slice::from_raw_parts(r.data, r.len) });
        Ok(Outcome {
            data,
            unchanged: r.unchanged,
            rows_in: r.rows_in,
            rows_changed: r.rows_changed,
            rows_dropped: r.rows_dropped,
            rows_failed: r.rows_failed,
            errors: r.errors,
            _borrowed: PhantomData,
        })
    }

    /// The same on one in OTLP/JSON; `None`: nothing is left.
    pub fn run_json(&mut self, payload: &str) -> Result<Option<String>, Error> {
        let signal =
            self.program.signal().ok_or_else(|| {
                Error::Invalid("JSON of which signal? Say it in the options".into())
            })? as c_int;
        let (mut wire, mut len) = (ptr::null(), 0);
        // SAFETY: the text outlives the call; wire is borrowed from json_in, which the run does not touch.
        unsafe {
            let status = sys::ottl_json_to_wire(
                self.json_in,
                signal,
                payload.as_ptr().cast(),
                payload.len(),
                &mut wire,
                &mut len,
            );
            if status != sys::OTTL_OK {
                return Err(json_failure(self.json_in, status));
            }
            let input = if len == 0 {
                &[][..]
            } else {
                std::slice::from_raw_parts(wire, len)
            };
            let json_out = self.json_out;
            let Some(data) = self.run(input)?.data else {
                return Ok(None);
            };
            let (mut text, mut len) = (ptr::null(), 0);
            let status = sys::ottl_json_from_wire(
                json_out,
                signal,
                data.as_ptr(),
                data.len(),
                &mut text,
                &mut len,
            );
            if status != sys::OTTL_OK {
                return Err(json_failure(json_out, status));
            }
            Ok(Some(text_of(sys::ottl_view { data: text, len })))
        }
    }

    /// What the paths of `otelcol` read in the runs that follow, as JSON: `{"metadata": {"x-tenant": ["acme"]}}`.
    pub fn set_request(&mut self, json: Option<&str>) -> Result<(), Error> {
        let text = json.map_or(ptr::null(), |t| t.as_ptr().cast());
        // SAFETY: the text is copied.
        match unsafe { sys::ottl_exec_set_request(self.exec, text, json.map_or(0, str::len)) } {
            sys::OTTL_OK => Ok(()),
            sys::OTTL_NOMEM => Err(Error::NoMemory),
            _ => Err(Error::Invalid(
                "request: an object with addr, metadata, grpc, auth".into(),
            )),
        }
    }

    /// Failures of the last run.
    pub fn errors(&mut self) -> Vec<RowError> {
        let mut list = Vec::new();
        // SAFETY: texts are read before the next call.
        unsafe {
            let mut e: sys::ottl_row_error = std::mem::zeroed();
            while sys::ottl_exec_error(self.exec, list.len(), &mut e) {
                list.push(RowError {
                    item: e.item,
                    group: e.group,
                    statement: (e.statement != u32::MAX).then_some(e.statement),
                    code: c_text(e.code),
                    message: c_text(e.message),
                });
            }
        }
        list
    }

    fn failure(&mut self, status: c_int) -> Error {
        let mut offset = 0;
        // SAFETY: the text lives until the next run.
        let message = unsafe { c_text(sys::ottl_exec_failure(self.exec, &mut offset)) };
        match status {
            sys::OTTL_NOMEM => Error::NoMemory,
            sys::OTTL_DATA => Error::Data { message, offset },
            sys::OTTL_RUNTIME => Error::Run(self.errors()),
            sys::OTTL_LIMIT => Error::Limit(if message.is_empty() {
                "a limit was reached".into()
            } else {
                message
            }),
            _ => Error::Invalid(status_name(status)),
        }
    }
}

unsafe fn json_failure(json: *const sys::ottl_json, status: c_int) -> Error {
    let mut offset = 0;
    let message = c_text(sys::ottl_json_error(json, &mut offset));
    match status {
        sys::OTTL_NOMEM => Error::NoMemory,
        sys::OTTL_LIMIT => Error::Limit(message),
        _ => Error::Data { message, offset },
    }
}

fn status_name(status: c_int) -> String {
    // SAFETY: the name is static.
    unsafe { c_text(sys::ottl_status_name(status)) }
}

/// Version of the library.
pub fn version() -> String {
    // SAFETY: the text is static.
    unsafe { c_text(sys::ottl_version()) }
}
