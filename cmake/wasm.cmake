# What runs once for a program, or for a person, is compiled to be small; what runs for each record, less so; kernels and matching to be
# fast.
set(wasm_small ${OTTL_SOURCES})
list(FILTER wasm_small EXCLUDE REGEX "/src/(kernels|regex|vm)/|/src/otlp/(index|project|splice|weave)")
set(wasm_hot ${OTTL_SOURCES})
list(FILTER wasm_hot INCLUDE REGEX "/src/vm/|/src/otlp/(index|project|splice|weave)|/src/regex/(bytes|glob_linear|glob_match|linear_run|replace|window)")
set_source_files_properties(${wasm_hot} PROPERTIES COMPILE_OPTIONS -Os)
set_source_files_properties(${PROJECT_SOURCE_DIR}/src/kernels/isa_portable.c PROPERTIES COMPILE_OPTIONS -Oz)
foreach(name otlp/project_plan regex/class regex/dialect regex/dialect_class regex/emit regex/glob regex/glob_build regex/linear regex/linear_all regex/linear_run regex/bytes regex/glob_linear regex/glob_match regex/match regex/replace regex/window regex/prefilter regex/regex
    regex/simplify regex/straight otlp/index otlp/splice otlp/weave otlp/weave_keys otlp/weave_level otlp/weave_list vm/memo vm/meter vm/op_bool vm/op_cmp vm/op_call vm/op_counted vm/op_lambda vm/op_math vm/op_record vm/op_read vm/op_store vm/path vm/profile vm/request vm/trace_state)
  list(APPEND wasm_small ${PROJECT_SOURCE_DIR}/src/${name}.c)
endforeach()
set_source_files_properties(${wasm_small} third_party/yyjson/yyjson.c PROPERTIES COMPILE_OPTIONS -Oz)
# Doubles by the C library's strtod: it is there already, and is as exact; tables of powers do not compress.
set_source_files_properties(third_party/yyjson/yyjson.c PROPERTIES COMPILE_DEFINITIONS YYJSON_DISABLE_FAST_FP_CONV=1)
set_source_files_properties(${OTLP_GENERATED} PROPERTIES COMPILE_OPTIONS -Oz)
foreach(target wasm_protobuf_c wasm_yaml wasm_zstd wasm_zlib)
  target_compile_options(${target} PRIVATE -Oz)
endforeach()
set_source_files_properties(${WASM_PCRE2}/src/pcre2_match.c PROPERTIES COMPILE_OPTIONS -Oz)
list(REMOVE_ITEM pcre2_sources ${WASM_PCRE2}/src/pcre2_match.c)
set_source_files_properties(${pcre2_sources} PROPERTIES COMPILE_OPTIONS -Oz)

# A module in two forms: whole, and as a core with the large tables beside it (wasm_split.py).
find_package(Python3 REQUIRED COMPONENTS Interpreter)
function(ottl_wasm_module target name)
  set(file ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/${name})
  set_target_properties(${target} PROPERTIES OUTPUT_NAME ${name} SUFFIX .wasm LINK_DEPENDS
    "${PROJECT_SOURCE_DIR}/cmake/wasm_split.py;${PROJECT_SOURCE_DIR}/cmake/wasm_tables.txt")
  target_link_options(${target} PRIVATE -Wl,-O0 -Wl,--strip-all -Wl,--compress-relocations -Wl,-Map=${PROJECT_BINARY_DIR}/${name}.map -Wl,--stack-first)
  add_custom_command(TARGET ${target} POST_BUILD VERBATIM COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/cmake/wasm_split.py
    ${file}.wasm ${PROJECT_BINARY_DIR}/${name}.map ${PROJECT_SOURCE_DIR}/cmake/wasm_tables.txt ${file}-core.wasm ${file}-data.bin)
endfunction()

# The module of the playground and of bindings/npm, and the conformance runner in the same instruction set, for node.
file(GLOB wasm_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/playground/wasm/*.c)
add_executable(ottl_wasm ${wasm_sources})
target_compile_options(ottl_wasm PRIVATE -Oz)
target_link_libraries(ottl_wasm PRIVATE ottl_static ottl_yyjson wasm_zstd wasm_zlib)
target_link_options(ottl_wasm PRIVATE -mexec-model=reactor -Wl,--gc-sections -Wl,-z,stack-size=4194304)
ottl_wasm_module(ottl_wasm ottl)

file(GLOB wasm_runner_sources ${PROJECT_SOURCE_DIR}/tests/conformance/*.c)
add_executable(ottl_wasm_conformance ${wasm_runner_sources} playground/wasm/stack_check.c)
target_link_libraries(ottl_wasm_conformance PRIVATE ottl_static ottl_yyjson)
target_link_options(ottl_wasm_conformance PRIVATE -Wl,-z,stack-size=8388608)
ottl_wasm_module(ottl_wasm_conformance ottl-conformance)
