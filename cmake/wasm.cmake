# What runs once for a program, or for a person, is compiled to be small.
set(wasm_small ${OTTL_SOURCES})
list(FILTER wasm_small INCLUDE REGEX "/src/(api|base|bytecode|config|diag|funcs|sema|syntax|tooling|xml)/|/gen/syntax/")
set_source_files_properties(${wasm_small} PROPERTIES COMPILE_OPTIONS -Os)
foreach(target wasm_yaml wasm_zstd wasm_zlib)
  target_compile_options(${target} PRIVATE -Os)
endforeach()

# The module of the playground and of bindings/npm, and the conformance runner in the same instruction set, for node.
file(GLOB wasm_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/playground/wasm/*.c)
add_executable(ottl_wasm ${wasm_sources})
set_target_properties(ottl_wasm PROPERTIES OUTPUT_NAME ottl SUFFIX .wasm)
target_link_libraries(ottl_wasm PRIVATE ottl_static ottl_yyjson wasm_zstd wasm_zlib)
target_link_options(ottl_wasm PRIVATE -mexec-model=reactor -Wl,--strip-all -Wl,--gc-sections -Wl,-z,stack-size=4194304 -Wl,--stack-first)

file(GLOB wasm_runner_sources ${PROJECT_SOURCE_DIR}/tests/conformance/*.c)
add_executable(ottl_wasm_conformance ${wasm_runner_sources} playground/wasm/stack_check.c)
set_target_properties(ottl_wasm_conformance PROPERTIES OUTPUT_NAME ottl-conformance SUFFIX .wasm)
target_link_libraries(ottl_wasm_conformance PRIVATE ottl_static ottl_yyjson)
target_link_options(ottl_wasm_conformance PRIVATE -Wl,-z,stack-size=8388608 -Wl,--stack-first)
